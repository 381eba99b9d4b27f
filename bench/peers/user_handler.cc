// A user's handler file as run.py compiles it for the compile-time figures.
#include <ensue/bus/bus.hpp>

#include <string>

namespace shop {

struct order_placed {
  std::string order_id;
  long amount_cents = 0;
};
struct receipt_wanted {
  std::string order_id;
};

class mailer {
 public:
  explicit mailer(ensue::bus& bus)
      : placed_{bus.subscribe<order_placed>(
            [this](const order_placed& e) {
              ++orders_;
              return receipt_wanted{e.order_id};
            },
            {.name = "orders", .where = [](const order_placed& e) { return e.amount_cents > 0; }})},
        wanted_{bus.subscribe<receipt_wanted>(
            [this](const receipt_wanted& e) { return send(e); },
            {.name = "receipt", .concurrency = 8, .key = &receipt_wanted::order_id})} {}

 private:
  ensue::task<> send(const receipt_wanted& e) {
    last_ = e.order_id;
    co_return;
  }

  long orders_ = 0;
  std::string last_;
  ensue::subscription placed_, wanted_;
};

}  // namespace shop

int use(ensue::bus& bus) {
  shop::mailer m{bus};
  return static_cast<int>(bus.emit<shop::order_placed>("A-1", 100L).delivered);
}
