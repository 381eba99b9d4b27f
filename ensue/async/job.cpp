#include <ensue/async/job.hpp>

#include <boost/asio/recycling_allocator.hpp>

#include <cstddef>

namespace ensue {
namespace {

// What gets into a job's coroutine: what Asio lets into one by default, and our own abandonment.
struct filter {
  boost::asio::cancellation_type operator()(boost::asio::cancellation_type type) const noexcept {
    return type & (boost::asio::cancellation_type::terminal | abandonment);
  }
};

}  // namespace

void* job::operator new(std::size_t size) {
  return boost::asio::recycling_allocator<std::byte>{}.allocate(size);
}

void job::operator delete(void* at, std::size_t size) noexcept {
  boost::asio::recycling_allocator<std::byte>{}.deallocate(static_cast<std::byte*>(at), size);
}

job::job(runtime& rt, std::string_view name, job_owner* owner)
    : work{&job::run_start}, rt_{rt}, owner_{owner}, name_{name} {}

job::~job() = default;

void job::start() {
  if (cancel_requested_) return end_unstarted();
  started_ = true;
  launch();
}

void job::start_soon() {
  retain();
  rt_.schedule(*this);
}

void job::run_start(work& w) {
  auto& self = static_cast<job&>(w);
  const reference<job> hold{&self};
  self.release();
  self.start();
}

void job::end_unstarted() noexcept {
  drop_task();
  try {
    throw_cancelled();
  } catch (...) {
    fail(std::current_exception());
  }
  finish();
}

void job::run_thread(detail::thread_entry entry) {
  const boost::asio::cancellation_state state{signal_.slot(), filter{}};
  boost::asio::detail::awaitable_thread<boost::asio::any_io_executor>{
      std::move(entry), rt_.executor(), signal_.slot(), state}
      .launch();
}

void job::cancel() noexcept {
  if (finished_ || cancel_requested_) return;
  cancel_requested_ = true;
  if (present_) signal_.emit(boost::asio::cancellation_type::terminal);
}

void job::abandon() noexcept {
  const reference<job> hold{this};
  owner_ = nullptr;
  if (linked()) {
    unlink();
    drop_task();
    release();
  } else if (present_ && !finished_) {
    signal_.emit(abandonment);
  }
}

void job::fail(std::exception_ptr e) noexcept {
  cancelled_ = cancel_requested_ && is_cancellation(e);
  error_ = std::move(e);
}

void job::finish() noexcept {
  finished_ = true;
  wake_all(waiters_);
  if (owner_) owner_->job_ended(*this);
}

job_list::~job_list() {
  while (job* j = oldest_) {
    const reference<job> hold{j};
    remove(*j);
    j->abandon();
  }
}

void job_list::add(job& j) noexcept {
  j.retain();
  j.list_ = this;
  j.older_ = newest_;
  (newest_ ? newest_->newer_ : oldest_) = &j;
  newest_ = &j;
  ++size_;
}

void job_list::remove(job& j) noexcept {
  if (j.list_ != this) return;
  (j.older_ ? j.older_->newer_ : oldest_) = j.newer_;
  (j.newer_ ? j.newer_->older_ : newest_) = j.older_;
  j.older_ = j.newer_ = nullptr;
  j.list_ = nullptr;
  --size_;
  j.release();
}

void job_list::cancel_all() noexcept {
  // Cancelling runs no user code: it only schedules. So nobody joins or leaves meanwhile.
  for (job* j = oldest_; j; j = j->newer_) j->cancel();
}

}  // namespace ensue
