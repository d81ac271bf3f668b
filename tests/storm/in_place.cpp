// for_each and map_into: what tasks come to stays on the rank where it was made.
#include <cohort/run/exchange.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/sink.hpp>
#include <storm/calls.hpp>
#include <storm/inputs.hpp>

#include <gtest/gtest.h>

namespace cohort::testing {
namespace {

class SinkOfTrial : public Sink<Number> {
  public:
    SinkOfTrial(Trial& trial, std::vector<Index>& done) : trial_(trial), done_(done) {}

    void write(Index first, std::span<const Number> results) override {
        EXPECT_FALSE(is_finished_) << trial_;
        Index i = trial_.first + first;
        for (const Number result : results) {
            trial_.before_taking(i);
            EXPECT_EQ(result, trial_.expected<Number>(i)) << "result " << i << " of " << trial_;
            done_.push_back(i++);
        }
    }
    void finish() override { is_finished_ = true; }

  private:
    Trial& trial_;
    std::vector<Index>& done_;
    bool is_finished_ = false;
};

}  // namespace

std::string call_map_in_place(Trial& trial) {
    const bool into_sink = trial.dice.one_in(2);
    if (into_sink && trial.count > 0 && trial.dice.one_in(6)) {
        trial.receiver_throws_at = trial.dice.below(trial.count);
    }
    with_input(trial, [&](auto, auto&& input) {
        if (trial.receiver_throws_at) {
            *trial.receiver_throws_at += trial.first;
        }
        std::vector<Index> done;  // on this rank
        const auto task = task_of<Number>(trial);
        const bool succeeds = trial.succeeds([&] {
            if (into_sink) {
                SinkOfTrial sink(trial, done);
                map_into(trial.team, input, task, sink, trial.options);
            } else {
                const auto note = [&](auto&& x, Context& context) {
                    static_cast<void>(task(std::forward<decltype(x)>(x), context));
                    done.push_back(context.index());
                };
                for_each(trial.team, input, note, trial.options);
            }
        });
        if (succeeds) {
            const std::vector<Index> all = gather(trial.team, done);
            if (trial.team.is_root()) {
                trial.expect_complete(all);
            }
        }
    });
    return trial.words();
}

}  // namespace cohort::testing
