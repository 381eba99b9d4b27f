#include <ensue/app/config_toml.hpp>

#if __has_include(<toml++/toml.hpp>)
#include <toml++/toml.hpp>
#else
#include <toml++/toml.h>
#endif

#include <fstream>

namespace ensue {
namespace {

class flattening {
 public:
  flattening(const std::string& file, toml_document& out) : file_{file}, out_{out} {}

  void table(const toml::table& t, const std::string& prefix) {
    for (const auto& [key, node] : t) {
      const std::string name = prefix + std::string{key.str()};
      if (const auto* inner = node.as_table()) {
        table(*inner, name + ".");
      } else if (const auto* array = node.as_array()) {
        list(*array, name);
      } else {
        scalar(node, name);
      }
    }
  }

 private:
  void scalar(const toml::node& node, const std::string& name) {
    const std::size_t line = node.source().begin.line;
    if (const auto* b = node.as_boolean()) {
      out_.leaves.push_back({name, b->get(), line});
    } else if (const auto* i = node.as_integer()) {
      out_.leaves.push_back({name, i->get(), line});
    } else if (const auto* d = node.as_floating_point()) {
      out_.leaves.push_back({name, d->get(), line});
    } else if (const auto* s = node.as_string()) {
      out_.leaves.push_back({name, s->get(), line});
    } else {
      complain(line, name + ": a date or time is no value here");
    }
  }

  void list(const toml::array& array, const std::string& name) {
    std::vector<std::string> texts;
    for (const auto& node : array) {
      if (const auto* s = node.as_string()) {
        texts.push_back(s->get());
      } else {
        return complain(node.source().begin.line, name + ": a list may hold texts only");
      }
    }
    out_.leaves.push_back({name, std::move(texts), array.source().begin.line});
  }

  void complain(std::size_t line, const std::string& text) {
    out_.problems.push_back(file_ + ":" + std::to_string(line) + ": " + text);
  }

  const std::string& file_;
  toml_document& out_;
};

}  // namespace

toml_document read_toml(const std::string& file) {
  toml_document out;
  std::ifstream in{file, std::ios::binary};
  if (!in) {
    out.problems.push_back(file + ": cannot be read");
    return out;
  }
  try {
    const toml::table root = toml::parse(in, file);
    flattening{file, out}.table(root, "");
  } catch (const toml::parse_error& e) {
    out.problems.push_back(file + ":" + std::to_string(e.source().begin.line) + ": " +
                           std::string{e.description()});
  }
  return out;
}

}  // namespace ensue
