#include <ensue/transport/sqlite/log_rows.hpp>
#include <ensue/transport/sqlite/transport.hpp>
#include <ensue/transport/sqlite/tx.hpp>

namespace ensue::sqlite {

void tx::publish(const cloud_event& e) {
  if (const error_code refused = refused_by(transport::abilities(), e))
    throw failure{{refused, "sqlite:" + on_.file() +
                                ": publish: " + wrong(e).value_or("the event is too big")}};
  append(on_, {e}, now_);
  published_ = true;
}

}  // namespace ensue::sqlite
