// The one MWC52 kernel, to be compiled for each set of vectors.
//
// A Stream is a vector of lanes, each in a state of its own; take() throws a dart of each and adds to a Tally, which
// holds the darts outside of at most `capacity` turns. Several streams are in flight, because the steps of one wait for
// each other.
#pragma once

#include <pi/mwc52_lanes.hpp>

#include <cstddef>
#include <cstdint>

namespace cohort::pi::mwc52 {

namespace {

template <typename Stream, std::size_t streams>
std::uint64_t count_outside(const Lanes& lanes, std::uint64_t darts_of_each) {
    Stream in_flight[streams];
    for (std::size_t s = 0; s < streams; ++s) in_flight[s] = Stream(lanes, s * Stream::lanes);
    std::uint64_t outside = 0;
    while (darts_of_each > 0) {
        const std::uint64_t turns = darts_of_each < Stream::capacity ? darts_of_each : Stream::capacity;
        darts_of_each -= turns;
        typename Stream::Tally tallies[streams] = {};
        for (std::uint64_t turn = 0; turn < turns; ++turn) {
            for (std::size_t s = 0; s < streams; ++s) in_flight[s].take(tallies[s]);
        }
        for (const auto& tally : tallies) outside += Stream::outside(tally, turns);
    }
    return outside;
}

template <typename Stream, std::size_t streams>
std::uint64_t count_inside(const Lanes& lanes, std::uint64_t darts_of_each) {
    return darts_of_each * (streams * Stream::lanes) - count_outside<Stream, streams>(lanes, darts_of_each);
}

}  // namespace

}  // namespace cohort::pi::mwc52
