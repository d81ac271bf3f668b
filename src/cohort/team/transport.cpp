#include <cohort/team/transport.hpp>

namespace cohort::detail {

Arrival Transport::wait(Request& request, bool oversubscribed) {
    Backoff backoff(oversubscribed);
    for (;;) {
        if (const auto arrival = test(request)) {
            return *arrival;
        }
        pause(backoff);
    }
}

}  // namespace cohort::detail
