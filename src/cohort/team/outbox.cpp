#include <cohort/team/outbox.hpp>

namespace cohort::detail {

Outbox::~Outbox() {
    for (Posted& posted : posted_) {
        transport_.forget(posted.request);
    }
}

void Outbox::post(int to, int tag, Transport::ConstBytes bytes) {
    Posted& posted = posted_.emplace_back();
    posted.bytes.assign(bytes.begin(), bytes.end());
    posted.request = transport_.start_synchronous_send(to, tag, posted.bytes);
    left_.store(posted_.size(), std::memory_order_relaxed);
}

void Outbox::push() {
    while (!posted_.empty() && transport_.test(posted_.front().request)) {
        posted_.pop_front();
    }
    left_.store(posted_.size(), std::memory_order_relaxed);
}

}  // namespace cohort::detail
