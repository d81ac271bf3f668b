#include <sim/progress.hpp>

#include <set>
#include <utility>

namespace cohort::testing {

struct Progress::Process {
    // Messages keep their order and need a connection. The rest is what the network says on its own.
    struct Leaving {
        bool is_message = false;
        int to = 0;
        std::uint64_t calls = 0;  // that it still takes
        std::function<void()> leave;
    };
    enum class Connection { none, asked_for, made };

    std::list<Leaving> leaving;
    std::vector<std::function<void()>> arrived;  // and not taken note of
    std::vector<Connection> connections;         // by rank
    bool over = false;
};

Progress::Progress(Scheduler& scheduler, int ranks, Manners manners)
    : scheduler_(scheduler), manners_(manners), processes_(static_cast<std::size_t>(ranks)) {
    for (Process& process : processes_) {
        process.connections.assign(processes_.size(),
                                   manners.connects ? Process::Connection::none : Process::Connection::made);
    }
}

Progress::~Progress() = default;

Progress::Process& Progress::process(int rank) { return processes_[static_cast<std::size_t>(rank)]; }

std::size_t Progress::kept(int rank) const {
    return processes_[static_cast<std::size_t>(rank)].leaving.size();
}

void Progress::call_in(int rank) {
    Process& caller = process(rank);
    for (const std::function<void()>& take_note : std::exchange(caller.arrived, {})) {
        take_note();
        scheduler_.changed();
    }
    for (Process::Leaving& one : caller.leaving) {
        one.calls -= one.calls > 0 ? 1 : 0;
    }
    move(caller);
}

void Progress::end(int rank) {
    Process& leaver = process(rank);
    leaver.over = true;
    for (const std::function<void()>& take_note : std::exchange(leaver.arrived, {})) {
        take_note();
    }
    for (Process::Leaving& one : leaver.leaving) {
        one.calls = 0;
    }
    move(leaver);
}

// Lets go what may leave.
void Progress::move(Process& process) {
    std::set<int> held;  // ranks for which a message stays
    for (auto one = process.leaving.begin(); one != process.leaving.end();) {
        const bool connected =
            process.connections[static_cast<std::size_t>(one->to)] == Process::Connection::made;
        const bool in_turn = connected && held.find(one->to) == held.end();
        if (one->calls == 0 && (in_turn || !one->is_message)) {
            one->leave();
            one = process.leaving.erase(one);
            scheduler_.changed();
        } else {
            if (one->is_message) {
                held.insert(one->to);
            }
            ++one;
        }
    }
}

std::uint64_t Progress::calls_until_it_leaves() {
    return !manners_.driven ? 0 : 1 + (scheduler_.dice().one_in(4) ? scheduler_.dice().below(3) : 0);
}

void Progress::send_off(int from, int to, std::function<void()> leave) {
    Process& sender = process(from);
    if (sender.connections[static_cast<std::size_t>(to)] == Process::Connection::none) {
        connect(from, to);
    }
    sender.leaving.push_back({true, to, sender.over ? 0 : calls_until_it_leaves(), std::move(leave)});
    move(sender);
}

void Progress::acknowledge(int from, std::function<void()> leave) {
    Process& sender = process(from);
    const bool at_once = sender.over || scheduler_.dice().one_in(2);
    sender.leaving.push_back({false, from, at_once ? 0 : calls_until_it_leaves(), std::move(leave)});
    move(sender);
}

void Progress::arrive(int rank, std::function<void()> take_note) {
    if (manners_.driven) {
        take_note_in_call(rank, std::move(take_note));
    } else {
        take_note();
    }
}

void Progress::take_note_in_call(int rank, std::function<void()> take_note) {
    Process& receiver = process(rank);
    if (receiver.over) {
        take_note();
        move(receiver);
    } else {
        receiver.arrived.push_back(std::move(take_note));
    }
}

// A request leaves at the next call of `from`; an answer at the call in which `to` takes note of it, or at the next.
void Progress::connect(int from, int to) {
    Process::Connection& connection = process(from).connections[static_cast<std::size_t>(to)];
    connection = Process::Connection::asked_for;
    greet(from, to, 1, [this, from, to, &connection] {
        greet(to, from, scheduler_.dice().below(2),
              [&connection] { connection = Process::Connection::made; });
    });
}

void Progress::greet(int from, int to, std::uint64_t calls, std::function<void()> take_note) {
    const auto travel = [this, to, take_note = std::move(take_note)] {
        scheduler_.at(scheduler_.time() + scheduler_.delay(),
                      [this, to, take_note] { take_note_in_call(to, take_note); });
    };
    Process& sender = process(from);
    sender.leaving.push_back({false, to, sender.over ? 0 : calls, travel});
    move(sender);
}

}  // namespace cohort::testing
