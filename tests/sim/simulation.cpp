#include <sim/simulation.hpp>

#include <sim/scheduler.hpp>
#include <sim/simulated_transport.hpp>

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <execinfo.h>
#include <stdexcept>
#include <utility>

namespace cohort::testing {
namespace {

Scheduler* running = nullptr;

// The most steps without anything that could be called progress, and the most of a run.
constexpr std::uint64_t fruitless_steps = 5'000'000;
constexpr std::uint64_t fruitless_pauses = 2'000;  // of each rank
constexpr std::uint64_t most_steps = 400'000'000;

constexpr std::uint64_t never = ~std::uint64_t{0};

// Stacks are mapped once and used again.
class Stacks {
  public:
    using traits_type = boost::context::stack_traits;

    boost::context::stack_context allocate() {
        if (free_.empty()) {
            return fresh_.allocate();
        }
        const boost::context::stack_context stack = free_.back();
        free_.pop_back();
        return stack;
    }
    void deallocate(boost::context::stack_context& stack) noexcept { free_.push_back(stack); }

  private:
    static inline std::vector<boost::context::stack_context> free_;
    boost::context::protected_fixedsize_stack fresh_{std::size_t{512} * 1024};
};

// The exceptions that a rank is handling: the C++ runtime keeps them by thread, and all ranks are one.
struct Handling {
    void* caught = nullptr;
    unsigned uncaught = 0;

    void swap_with_thread() noexcept {
        Handling other;
        void* thread = abi::__cxa_get_globals();
        std::memcpy(&other, thread, sizeof(other));
        std::memcpy(thread, this, sizeof(other));
        *this = other;
    }
};

std::string stack_of_caller() {
    std::array<void*, 40> frames{};
    const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    char** lines = ::backtrace_symbols(frames.data(), count);
    std::string text;
    for (int i = 2; i < count; ++i) {
        const std::string line = lines[i];
        const std::size_t open = line.find('(');
        const std::size_t plus = line.find('+', open);
        std::string name = open < plus ? line.substr(open + 1, plus - open - 1) : "";
        int status = 0;
        char* plain = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
        name = status == 0 ? plain : name;
        std::free(plain);
        if (name.find("cohort") != std::string::npos) {
            text += "        " + name.substr(0, 150) + "\n";
        }
    }
    std::free(lines);
    return text;
}

}  // namespace

struct Scheduler::Fiber {
    int rank = 0;
    bool companion = false;
    boost::context::fiber context;  // where it goes on
    Handling handling;
    bool began = false;
    bool over = false;
    bool wants_companion_gone = false;
    Fiber* helper = nullptr;
    std::int64_t asleep_until = 0;
    std::uint64_t paused_at =
        never;  // what changes_ was when it last looked in vain; since it looks again: never
    std::uint64_t weight = 1;
    std::string stack;
};

Scheduler::Scheduler(std::uint64_t seed, int ranks) : dice_(seed) {
    for (int rank = 0; rank < ranks; ++rank) {
        fibers_.emplace_back().rank = rank;
    }
    undisturbed_ = std::uint64_t{1} << dice_.below(11);
    lateness_ = std::array<std::int64_t, 4>{1, 1'000, 30'000, 1'000'000}[dice_.below(4)];
    weigh();
}

Scheduler::~Scheduler() = default;

// Which ranks are slow.
void Scheduler::weigh() {
    const bool alike = dice_.one_in(3);
    for (Fiber& fiber : fibers_) {
        fiber.weight = alike ? 1 : std::uint64_t{1} << dice_.below(8);
    }
    until_weighing_ = 1 + dice_.below(2'000);
}

void Scheduler::run(const std::function<void(int)>& body) {
    for (Fiber& fiber : fibers_) {
        make(fiber, [this, &fiber, &body] {
            body(fiber.rank);
            --live_;
        });
    }
    running = this;
    live_ = static_cast<int>(fibers_.size());
    while (live_ > 0 && report_.empty()) {
        resume(choose());
        if (report_.empty() && is_stuck()) {
            fault(steps_ > most_steps ? "it takes very many steps" : "nothing moves any more");
        }
    }
    if (!report_.empty()) {
        take_stacks();
    }
    running = nullptr;
}

void Scheduler::make(Fiber& fiber, const std::function<void()>& body) {
    fiber.context = boost::context::fiber(std::allocator_arg, Stacks(), [this, &fiber, body](auto&& back) {
        main_ = std::move(back);
        try {
            body();
        } catch (const std::exception& error) {
            give_up(fmt::format("rank {} left with an exception: {}", fiber.rank, error.what()));
        } catch (...) {
            give_up(fmt::format("rank {} left with an exception", fiber.rank));
        }
        fiber.over = true;
        changed();
        return std::move(main_);
    });
}

void Scheduler::accompany(const std::function<void()>& service) {
    Fiber& fiber = fibers_.emplace_back();
    fiber.rank = current_->rank;
    fiber.companion = true;
    const std::uint64_t most = std::uint64_t{1'000} << dice_.below(10);  // ns between two looks
    make(fiber, [this, &owner = *current_, service, most] {
        while (!owner.wants_companion_gone) {
            service();
            sleep(static_cast<std::int64_t>(dice_.below(most)));
        }
    });
    current_->helper = &fiber;
}

void Scheduler::leave_alone() {
    current_->wants_companion_gone = true;
    while (current_->helper != nullptr && !current_->helper->over) {
        pause();
    }
}

void Scheduler::resume(Fiber& fiber) {
    current_ = &fiber;
    fiber.began = true;
    trace_ = (trace_ ^ static_cast<std::uint64_t>(fiber.rank)) * 0x100000001b3 + steps_;
    fiber.handling.swap_with_thread();
    fiber.context = std::move(fiber.context).resume();
    fiber.handling.swap_with_thread();
    current_ = nullptr;
}

void Scheduler::leave() {
    main_ = std::move(main_).resume();
    while (taking_stacks_) {
        current_->stack = stack_of_caller();
        main_ = std::move(main_).resume();
    }
}

void Scheduler::take_stacks() {
    taking_stacks_ = true;
    for (Fiber& fiber : fibers_) {
        // One that never ran would begin to.
        if (!fiber.over && fiber.began) {
            resume(fiber);
        }
    }
    taking_stacks_ = false;
}

std::string Scheduler::stack_of(int number) const {
    const Fiber& fiber = fibers_[static_cast<std::size_t>(number)];
    const bool is_helped = fiber.helper != nullptr && !fiber.helper->stack.empty();
    return fiber.stack + (is_helped ? "      and its helper\n" + fiber.helper->stack : "");
}

int Scheduler::current() const noexcept { return current_ != nullptr ? current_->rank : -1; }

bool Scheduler::is_over(int number) const { return fibers_[static_cast<std::size_t>(number)].over; }

void Scheduler::fault(const std::string& report) {
    if (report_.empty()) {
        report_ = report;
    }
}

void Scheduler::give_up(const std::string& report) {
    fault(report);
    for (;;) {
        leave();
    }
}

bool Scheduler::is_stuck() {
    return steps_ > most_steps || (next_wake() == 0 && events_.empty() &&
                                   (pauses_ > fruitless_pauses * static_cast<std::uint64_t>(live_) ||
                                    steps_ - changed_at_step_ > fruitless_steps));
}

// When the next rank's sleep ends, companions aside; 0: none sleeps.
std::int64_t Scheduler::next_wake() const {
    std::int64_t next = 0;
    for (const Fiber& fiber : fibers_) {
        if (!fiber.over && !fiber.companion && fiber.asleep_until > now_) {
            next = next == 0 ? fiber.asleep_until : std::min(next, fiber.asleep_until);
        }
    }
    return next;
}

// Ranks that looked in vain, and for which nothing has changed since, are mostly passed over.
Scheduler::Fiber& Scheduler::choose() {
    if (--until_weighing_ == 0) {
        weigh();
    }
    until_switch_ = 1 + static_cast<std::int64_t>(dice_.below(2 * undisturbed_));
    for (;;) {
        std::uint64_t fresh = 0;
        std::uint64_t awake = 0;
        for (const Fiber& fiber : fibers_) {
            if (!fiber.over && fiber.asleep_until <= now_) {
                awake += fiber.weight;
                fresh += fiber.paused_at != changes_ ? fiber.weight : 0;
            }
        }
        if (fresh == 0 && jump()) {
            continue;
        }
        const bool among_fresh = fresh > 0 && !dice_.one_in(8);
        std::uint64_t draw = dice_.below(among_fresh ? fresh : awake);
        for (Fiber& fiber : fibers_) {
            if (fiber.over || fiber.asleep_until > now_ || (among_fresh && fiber.paused_at == changes_)) {
                continue;
            }
            if (draw < fiber.weight) {
                return fiber;
            }
            draw -= fiber.weight;
        }
    }
}

// Nobody has anything to do: on to the next message or the end of the next sleep. False if there is neither.
bool Scheduler::jump() {
    std::int64_t next = next_wake();
    if (!events_.empty()) {
        next = next == 0 ? events_.top().time : std::min(next, events_.top().time);
    }
    if (next == 0) {
        return false;
    }
    now_ = std::max(now_, next);
    run_events();
    changed();
    return true;
}

void Scheduler::step() noexcept {
    ++steps_;
    now_ += 2;
    current_->paused_at = never;  // whoever is about to look again, perhaps with a lock, must get there
    if (--until_switch_ <= 0) {
        leave();
    }
}

void Scheduler::changed() noexcept {
    ++changes_;
    changed_at_step_ = steps_;
    pauses_ = 0;
}

// Ranks that wait take and release locks, and that is no progress. So what counts is whether the words, taken together, hold
// what they have not held before.
void Scheduler::wrote(const volatile void* place, std::uint64_t before, std::uint64_t after) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(place);
    shared_ ^= Dice(address ^ Dice(before)())() ^ Dice(address ^ Dice(after)())();
    if (is_new(shared_)) {
        changed();
    }
}

bool Scheduler::is_new(std::uint64_t state) {
    constexpr std::size_t places = std::size_t{1} << 16;
    constexpr std::size_t probes = 16;
    known_.resize(places + probes);
    const auto begin = known_.begin() + static_cast<std::ptrdiff_t>(state % places);
    for (auto place = begin; place != begin + probes; ++place) {
        if (*place == state) {
            return false;
        }
        if (*place == 0) {
            *place = state;
            return true;
        }
    }
    std::fill(known_.begin(), known_.end(), 0);
    return true;
}

void Scheduler::pause() noexcept {
    ++steps_;
    pauses_ += current_->companion ? 0 : 1;
    // Like a back-off: the longer nothing has come, the more time passes, so that whoever waits for a while to pass gets there.
    now_ += std::int64_t{200} << std::min<std::uint64_t>(pauses_ / (16 * fibers_.size()), 16);
    run_events();
    current_->paused_at = changes_;
    leave();
}

void Scheduler::sleep(std::int64_t ns) noexcept {
    ++steps_;
    current_->asleep_until = now_ + std::max<std::int64_t>(ns, 1);
    leave();
    if (!current_->companion) {
        changed();
    }
}

// Now and then a rank is kept from running for a while between two looks at the clock, as by another process.
std::int64_t Scheduler::clock() noexcept {
    now_ += 20 + static_cast<std::int64_t>(dice_.below(400));
    if (dice_.one_in(400)) {
        now_ += static_cast<std::int64_t>(dice_.below(2'000'000));
    }
    step();
    return now_;
}

std::int64_t Scheduler::delay() noexcept {
    const std::int64_t most = lateness_ << dice_.below(6);
    return dice_.one_in(4) ? 0 : static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(most)));
}

void Scheduler::at(std::int64_t time, std::function<void()> what) {
    events_.push({time, next_event_++, std::move(what)});
}

void Scheduler::run_events() {
    while (!events_.empty() && events_.top().time <= now_) {
        const std::function<void()> what = events_.top().what;
        events_.pop();
        what();
        changed();
    }
}

const char* name(Manners manners) noexcept {
    return manners.driven ? (manners.connects ? "driven+connects" : "driven")
                          : (manners.connects ? "connects" : "prompt");
}

Manners manners_of(std::uint64_t seed) {
    const char* told = std::getenv("COHORT_SIM_NETWORK");
    if (told == nullptr) {
        Dice dice(seed ^ 0x6d616e6e657273);
        const bool driven = dice.one_in(2);
        return {driven, dice.one_in(2)};
    }
    for (const Manners manners : {Manners{false, false}, {true, false}, {false, true}, {true, true}}) {
        if (std::string(name(manners)) == told) {
            return manners;
        }
    }
    throw std::invalid_argument(
        fmt::format("COHORT_SIM_NETWORK is {}, not prompt, driven, connects or driven+connects", told));
}

Simulated simulate(std::uint64_t seed, const std::vector<int>& node_of,
                   const std::function<void(std::unique_ptr<detail::Transport>)>& body) {
    return simulate(seed, node_of, manners_of(seed), body);
}

Simulated simulate(std::uint64_t seed, const std::vector<int>& node_of, Manners manners,
                   const std::function<void(std::unique_ptr<detail::Transport>)>& body) {
    const int ranks = static_cast<int>(node_of.size());
    // Fibers of a run that is given up must not be destroyed, which would unwind them, and point at these.
    auto scheduler = std::make_unique<Scheduler>(seed, ranks);
    auto network = std::make_unique<Network>(*scheduler, node_of, manners);
    scheduler->run([&](int rank) {
        body(network->transport_of(rank));
        network->progress().end(rank);
    });
    Simulated result{scheduler->report(), scheduler->steps(), scheduler->time(), scheduler->trace()};
    if (!result.report.empty()) {
        for (int rank = 0; rank < ranks; ++rank) {
            result.report +=
                fmt::format("\n    rank {} of node {}: {}", rank, node_of[static_cast<std::size_t>(rank)],
                            scheduler->is_over(rank) ? "has returned" : network->waiting(rank));
            result.report += "\n" + scheduler->stack_of(rank);
        }
        (void)network.release();
        (void)scheduler.release();
    }
    return result;
}

int simulated_rank() noexcept { return running != nullptr ? running->current() : -1; }

void accompany(const std::function<void()>& service) { running->accompany(service); }

void leave_alone() { running->leave_alone(); }

namespace hook {
namespace {
bool in_rank() noexcept { return running != nullptr && running->current() >= 0; }
}  // namespace

void step() noexcept {
    if (in_rank()) {
        running->step();
    }
}
void wrote(const volatile void* place, std::uint64_t before, std::uint64_t after) noexcept {
    if (in_rank()) {
        running->wrote(place, before, after);
    }
}
void yield() noexcept {
    if (in_rank()) {
        running->pause();
    }
}
void sleep(std::int64_t ns) noexcept {
    if (in_rank()) {
        running->sleep(ns);
    }
}
std::int64_t now() noexcept { return in_rank() ? running->clock() : 0; }
}  // namespace hook

}  // namespace cohort::testing
