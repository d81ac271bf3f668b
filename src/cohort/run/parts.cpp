#include <cohort/run/parts.hpp>

#include <cohort/run/exchange.hpp>

#include <utility>

namespace cohort {

Parts::Parts(Team& team, int colour)
    : team_(team), part_(team.split(colour)), firsts_(team.split(part_.is_root() ? 0 : 1)) {
    if (part_.size() > 1) {
        line_ = part_.split(0);
    }
    ranks_ = all_gather(part_, team.rank());
    const auto place = broadcast(part_, std::pair(firsts_.size(), firsts_.rank()));
    count_ = place.first;
    number_ = place.second;
}

bool agree_to_stop(Team& part, Context& context) {
    const detail::Use use(part.core(), "agree_to_stop");
    return detail::lowest_rank(part.core(), context.stop_requested()) != part.size();
}

}  // namespace cohort
