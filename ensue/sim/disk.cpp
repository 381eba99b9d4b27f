#include <ensue/sim/disk.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <utility>

namespace ensue::sim {
namespace {

error_code system_code(boost::system::errc::errc_t e) { return make_error_code(e); }

}  // namespace

class disk::held_lock final : public disk_lock {
 public:
  held_lock(disk& of, std::string path) : disk_{of}, path_{std::move(path)}, life_{of.life_} {}
  held_lock(const held_lock&) = delete;
  held_lock& operator=(const held_lock&) = delete;
  ~held_lock() override {
    if (life_ == disk_.life_) disk_.locks_.erase(path_);
  }

 private:
  disk& disk_;
  std::string path_;
  unsigned life_;
};

class disk::file final : public disk_file {
 public:
  file(disk& of, node n, bool may_write)
      : disk_{of}, node_{std::move(n)}, may_write_{may_write}, life_{of.life_} {}

  result<> write(std::uint64_t offset, std::string_view bytes) override {
    if (!may_write_) return system_code(boost::system::errc::bad_file_descriptor);
    if (const error_code failed = disk_.enter(call::write, life_)) {
      if (life_ == disk_.life_ && disk_.up_)
        disk_.write(*node_, offset, bytes.substr(0, disk_.draw_.below(bytes.size() + 1)));
      return failed;
    }
    disk_.write(*node_, offset, bytes);
    return {};
  }

  result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    if (const error_code failed = disk_.enter(call::other, life_)) return failed;
    const std::string& bytes = node_->now;
    if (offset >= bytes.size()) return std::size_t{0};
    return bytes.copy(into.data(), into.size(), offset);
  }

  result<> truncate(std::uint64_t size) override {
    if (!may_write_) return system_code(boost::system::errc::bad_file_descriptor);
    if (const error_code failed = disk_.enter(call::write, life_)) return failed;
    change c{.truncates = true, .at = size};
    apply(node_->now, c);
    node_->unsafe.push_back(std::move(c));
    return {};
  }

  result<> sync() override {
    if (const error_code failed = disk_.enter(call::sync, life_)) {
      if (life_ == disk_.life_ && disk_.up_) disk_.lose_some(*node_);
      return failed;
    }
    ++disk_.syncs_;
    for (const change& c : node_->unsafe) apply(node_->safe, c);
    node_->unsafe.clear();
    return {};
  }

  result<std::uint64_t> size() override {
    if (const error_code failed = disk_.enter(call::other, life_)) return failed;
    return std::uint64_t{node_->now.size()};
  }

 private:
  disk& disk_;
  node node_;
  bool may_write_;
  unsigned life_;
};

disk::disk(random_stream draw) noexcept : draw_{draw} {}

void disk::fail_call(std::uint64_t n, const error_code& code, bool for_ever) noexcept {
  fail_at_ = calls_ + n;
  fail_with_ = code;
  fail_for_ever_ = for_ever;
}

// Counts the call; why it fails, if it does.
error_code disk::enter(call kind, unsigned life) {
  if (!up_ || life != life_) return system_code(boost::system::errc::io_error);
  ++calls_;
  if (calls_ == fail_at_ || (fail_for_ever_ && calls_ > fail_at_)) return fail_with_;
  switch (kind) {
    case call::write:
      if (draw_.chance(faults_.write)) return system_code(boost::system::errc::no_space_on_device);
      break;
    case call::sync:
      if (draw_.chance(faults_.sync)) return system_code(boost::system::errc::io_error);
      break;
    case call::other:
      if (draw_.chance(faults_.other)) return system_code(boost::system::errc::io_error);
      break;
  }
  return {};
}

result<std::unique_ptr<disk_file>> disk::open(const std::string& path, open_mode mode) {
  if (const error_code failed = enter(call::other, life_)) return failed;
  const auto there = names_.find(path);
  node n = there == names_.end() ? nullptr : there->second;
  if (!n && mode != open_mode::replace)
    return system_code(boost::system::errc::no_such_file_or_directory);
  if (!n) {
    n = std::make_shared<inode>();
    set_name(path, n);
  } else if (mode == open_mode::replace && !n->now.empty()) {
    change c{.truncates = true, .at = 0};
    apply(n->now, c);
    n->unsafe.push_back(std::move(c));
  }
  const bool may_write = mode != open_mode::read;
  return std::unique_ptr<disk_file>{std::make_unique<file>(*this, std::move(n), may_write)};
}

result<std::unique_ptr<disk_lock>> disk::lock(const std::string& path) {
  if (const error_code failed = enter(call::other, life_)) return failed;
  if (!locks_.insert(path).second) return errc::exists;
  return std::unique_ptr<disk_lock>{std::make_unique<held_lock>(*this, path)};
}

result<bool> disk::exists(const std::string& path) {
  if (const error_code failed = enter(call::other, life_))
    return {boost::system::in_place_error, failed};
  return names_.contains(path);
}

result<std::vector<std::string>> disk::list(const std::string& folder) {
  if (const error_code failed = enter(call::other, life_)) return failed;
  std::vector<std::string> found;
  for (const auto& [path, n] : names_)
    if (folder_of(path) == folder) found.push_back(path.substr(path.rfind('/') + 1));
  return found;
}

result<> disk::remove(const std::string& path) {
  if (const error_code failed = enter(call::other, life_)) return failed;
  if (!names_.contains(path)) return system_code(boost::system::errc::no_such_file_or_directory);
  set_name(path, nullptr);
  return {};
}

result<> disk::rename(const std::string& from, const std::string& to) {
  if (const error_code failed = enter(call::other, life_)) return failed;
  const auto there = names_.find(from);
  if (there == names_.end()) return system_code(boost::system::errc::no_such_file_or_directory);
  const node n = there->second;
  names_.erase(there);
  names_[to] = n;
  unsafe_names_.push_back({{from, nullptr}, {to, n}});
  return {};
}

result<> disk::sync_directory(const std::string& folder) {
  if (const error_code failed = enter(call::sync, life_)) return failed;
  // A journalling file system keeps the order: what came before is safe too.
  const auto in_folder = [&](const std::vector<name_change>& c) {
    return std::any_of(c.begin(), c.end(),
                       [&](const name_change& one) { return folder_of(one.path) == folder; });
  };
  const auto last = std::find_if(unsafe_names_.rbegin(), unsafe_names_.rend(), in_folder).base();
  for (auto c = unsafe_names_.begin(); c != last; ++c)
    for (const name_change& one : *c) safe_names_[one.path] = one.to;
  unsafe_names_.erase(unsafe_names_.begin(), last);
  return {};
}

void disk::set_name(const std::string& path, node to) {
  if (to) {
    names_[path] = to;
  } else {
    names_.erase(path);
  }
  unsafe_names_.push_back({{path, std::move(to)}});
}

void disk::apply(std::string& to, const change& c) {
  if (c.truncates) return to.resize(c.at);
  if (to.size() < c.at + c.bytes.size()) to.resize(c.at + c.bytes.size());
  to.replace(c.at, c.bytes.size(), c.bytes);
}

void disk::write(inode& on, std::uint64_t at, std::string_view bytes) {
  change c{.at = at, .bytes = std::string{bytes}};
  apply(on.now, c);
  on.unsafe.push_back(std::move(c));
}

void disk::crash() noexcept {
  up_ = false;
  ++life_;
  locks_.clear();
}

void disk::lose_power() {
  crash();
  const std::size_t kept = draw_.below(unsafe_names_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i)
    for (const name_change& one : unsafe_names_[i]) safe_names_[one.path] = one.to;
  unsafe_names_.clear();
  std::erase_if(safe_names_, [](const auto& entry) { return !entry.second; });
  names_ = safe_names_;
  for (const auto& [path, n] : names_) lose(*n);
}

// Of what was not synced a first part gets through, cut anywhere.
void disk::lose(inode& of) {
  if (!of.unsafe.empty() && draw_.chance(200)) {
    lose_some(of);
  } else if (!of.unsafe.empty()) {
    const std::size_t whole = draw_.below(of.unsafe.size() + 1);
    for (std::size_t i = 0; i < whole; ++i) apply(of.safe, of.unsafe[i]);
    if (whole < of.unsafe.size() && !of.unsafe[whole].truncates) {
      change torn = of.unsafe[whole];
      const std::size_t size = torn.bytes.size();
      torn.bytes.resize(draw_.below(size + 1));
      const std::size_t end = torn.at + torn.bytes.size();
      const std::size_t room =
          std::min(size - torn.bytes.size(), sector_bytes - end % sector_bytes);
      // What was safe is not spoilt by writing beside it, or the same again.
      if (end >= of.safe.size() && draw_.chance(250))
        for (std::size_t i = 0; i < room; ++i) torn.bytes += static_cast<char>(draw_.next());
      apply(of.safe, torn);
    }
  }
  of.unsafe.clear();
  of.now = of.safe;
}

// Each sector by itself gets through or does not.
void disk::lose_some(inode& of) {
  for (const change& c : of.unsafe) {
    if (c.truncates) {
      if (draw_.chance(500)) apply(of.safe, c);
      continue;
    }
    for (std::size_t i = 0; i < c.bytes.size();) {
      const std::size_t n = std::min(c.bytes.size() - i, sector_bytes - (c.at + i) % sector_bytes);
      if (draw_.chance(500)) apply(of.safe, {.at = c.at + i, .bytes = c.bytes.substr(i, n)});
      i += n;
    }
  }
  of.unsafe.clear();
}

std::string disk::content(const std::string& path) const {
  const auto there = names_.find(path);
  return there == names_.end() ? std::string{} : there->second->now;
}

void disk::set_content(const std::string& path, std::string bytes) {
  const auto n = std::make_shared<inode>();
  n->now = n->safe = std::move(bytes);
  names_[path] = safe_names_[path] = n;
}

}  // namespace ensue::sim
