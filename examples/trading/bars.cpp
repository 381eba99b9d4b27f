#include "bars.hpp"

namespace trading {

void bar::add(const trade& t) {
  if (trades++ == 0) open = high = low = t.price;
  if (t.price > high) high = t.price;
  if (t.price < low) low = t.price;
  close = t.price;
  quantity.add(t.quantity);
}

void minute_bars::add(std::int64_t minute, const trade& t) {
  if (!last_ || minute != last_minute_) {
    auto place = bars_.find(minute);
    if (place == bars_.end()) {
      if (bars_.size() == bars_max) {
        ++dropped_;
        return;
      }
      place = bars_.try_emplace(minute).first;
    }
    last_ = &place->second;
    last_minute_ = minute;
  }
  last_->add(t);
}

}  // namespace trading
