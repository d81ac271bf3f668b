#include <sim/simulated_transport.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace cohort::testing {

using detail::Arrival;
using detail::Request;
using detail::Transport;
using Bytes = Transport::Bytes;
using ConstBytes = Transport::ConstBytes;

namespace {

// Sends up to this many bytes may be over before their receive begins.
constexpr std::size_t eager_bytes = 4096;

std::string name_of_tag(int tag) {
    static const std::map<int, std::string> names{
        {detail::tag::up, "up"},           {detail::tag::down, "down"},
        {detail::tag::ask, "ask"},         {detail::tag::grant, "grant"},
        {detail::tag::pipe_up, "pipe_up"}, {detail::tag::pipe_down, "pipe_down"},
        {detail::tag::payload, "payload"}};
    const auto name = names.find(tag);
    return name != names.end() ? name->second : std::to_string(tag);
}

std::string name_of_rank(int rank) {
    return rank == detail::any_rank ? "any rank" : fmt::format("rank {}", rank);
}

}  // namespace

struct Network::Operation {
    int rank = 0;  // in the whole network
    std::string what;
    std::uint64_t tested_at_step = 0;
    bool done = false;
    bool taken = false;  // of a send: its receive has begun, whether or not that is known here
    // Of a receive.
    int from = detail::any_rank;
    int tag = 0;
    Bytes room;
    Arrival arrival;
    // Of a collective one: what is done when it is over.
    std::function<void()> finish;
};

namespace {

using Operation = Network::Operation;

struct Message {
    int from = 0;
    int tag = 0;
    std::vector<std::byte> kept;  // of a send that need not wait
    ConstBytes bytes;
    std::shared_ptr<Operation> send;  // that waits for the receive
};

struct Mailbox {
    std::deque<std::shared_ptr<Operation>> posted;
    std::list<std::shared_ptr<Message>> arrived;         // and not yet received
    std::map<std::pair<int, int>, int> under_way;        // by sender and tag
    std::map<std::pair<int, int>, std::int64_t> latest;  // arrival, by sender and tag
};

enum class Kind { barrier, broadcast, gather, scatter, lowest, split, close };
constexpr std::array kind_names{"barrier", "broadcast", "gather", "scatter", "lowest", "split", "close"};

// One collective operation of a group. What its ranks give goes up a tree to the root, what they get comes down: each passes
// on what it has, once it has come to the operation itself.
struct Collective {
    enum class Shape { flat, chain, binary };
    struct Part {
        bool started = false;
        bool passed_up = false;
        bool told = false;  // all that comes down has come
        bool passed_down = false;
        bool scheduled = false;  // its end
        int came = 0;            // of the children: what goes up
        std::vector<std::byte> given;
        std::shared_ptr<Operation> operation;
    };
    Kind kind = Kind::barrier;
    int root = 0;
    Shape shape = Shape::flat;
    std::size_t started = 0;
    bool giver_waits = false;
    std::vector<Part> parts;
    std::map<int, std::shared_ptr<Network::Group>> made;  // by split

    [[nodiscard]] bool comes_from_root() const noexcept {
        return kind == Kind::broadcast || kind == Kind::scatter;
    }
    [[nodiscard]] int size() const noexcept { return static_cast<int>(parts.size()); }
    // -1 of the root.
    [[nodiscard]] int parent(int rank) const noexcept {
        const int place = (rank - root + size()) % size();
        if (place == 0) {
            return -1;
        }
        const int above = shape == Shape::flat ? 0 : shape == Shape::chain ? place - 1 : (place - 1) / 2;
        return (above + root) % size();
    }
    [[nodiscard]] std::vector<int> children(int rank) const {
        std::vector<int> all;
        for (int other = 0; other < size(); ++other) {
            if (parent(other) == rank) {
                all.push_back(other);
            }
        }
        return all;
    }
};

}  // namespace

struct Network::Group {
    explicit Group(std::vector<int> all)
        : members(std::move(all)), boxes(members.size()), next(members.size()) {}

    std::vector<int> members;  // ranks in the whole network
    std::vector<Mailbox> boxes;
    std::vector<std::uint64_t> next;  // collective operation, of each rank
    std::map<std::uint64_t, std::shared_ptr<Collective>> collectives;
};

namespace {

class SimulatedTransport : public Transport {
  public:
    SimulatedTransport(Network& network, std::shared_ptr<Network::Group> group, int rank)
        : network_(network), scheduler_(network.scheduler()), group_(std::move(group)), rank_(rank) {}

    [[nodiscard]] int rank() const noexcept override { return rank_; }
    [[nodiscard]] int size() const noexcept override { return static_cast<int>(group_->members.size()); }

    Request start_send(int to, int tag, ConstBytes bytes) override {
        return start_send(to, tag, bytes, bytes.size() > eager_bytes || scheduler_.dice().one_in(2), "send");
    }

    Request start_synchronous_send(int to, int tag, ConstBytes bytes) override {
        return start_send(to, tag, bytes, true, "synchronous send");
    }

    Request start_receive(int from, int tag, Bytes bytes) override {
        call_in();
        const auto [handle, receive] =
            network_.add(fmt::format("receive of {} from {}", name_of_tag(tag), name_of_rank(from)));
        receive->from = from;
        receive->tag = tag;
        receive->room = bytes;
        box(rank_).posted.push_back(receive);
        match(network_, *group_, rank_);
        return {handle};
    }

    std::optional<Arrival> test(Request& request) override {
        call_in();
        if (!request.pending()) {
            return Arrival{};
        }
        Operation& operation = *network_.find(request);
        operation.tested_at_step = scheduler_.steps();
        if (!operation.done) {
            return std::nullopt;
        }
        if (operation.finish) {
            operation.finish();
        }
        const Arrival arrival = operation.arrival;
        network_.remove(request);
        scheduler_.changed();
        return arrival;
    }

    void drive() override { call_in(); }

    void cancel(Request& request) noexcept override {
        if (request.pending()) {
            call_in();
            const std::shared_ptr<Operation> receive = network_.find(request);
            if (receive->done) {
                scheduler_.give_up(
                    fmt::format("rank {} gives up a {} that has its message", rank_, receive->what));
            }
            std::erase(box(rank_).posted, receive);
            network_.remove(request);
        }
    }

    void forget(Request& request) noexcept override {
        if (request.pending()) {
            call_in();
            if (!network_.find(request)->taken) {
                scheduler_.give_up(fmt::format("rank {} forgets a {} whose message has not been taken", rank_,
                                               network_.find(request)->what));
            }
            network_.remove(request);
        }
    }

    Request start_barrier() override {
        return start(Kind::barrier, 0, {}, [](Collective&) {});
    }

    Request start_broadcast(int from, Bytes bytes) override {
        return start(Kind::broadcast, from, rank_ == from ? bytes : Bytes(),
                     [this, from, bytes](Collective& all) {
                         if (rank_ != from) {
                             copy(all.parts[static_cast<std::size_t>(from)].given, bytes);
                         }
                     });
    }

    Request start_gather(const std::uint64_t& mine, std::span<std::uint64_t> all) override {
        return start(Kind::gather, 0, detail::bytes_of(mine), [this, all](Collective& collective) {
            for (std::size_t i = 0; rank_ == 0 && i < collective.parts.size(); ++i) {
                copy(collective.parts[i].given, detail::writable_bytes_of(all[i]));
            }
        });
    }

    Request start_scatter(std::span<const std::uint64_t> all, std::uint64_t& mine) override {
        const ConstBytes given = rank_ == 0 ? std::as_bytes(all) : ConstBytes();
        return start(Kind::scatter, 0, given, [this, &mine](Collective& collective) {
            std::memcpy(&mine,
                        collective.parts[0].given.data() + static_cast<std::size_t>(rank_) * sizeof(mine),
                        sizeof(mine));
        });
    }

    Request start_lowest(std::int64_t& value) override {
        return start(Kind::lowest, 0, detail::bytes_of(value), [&value](Collective& collective) {
            for (const Collective::Part& part : collective.parts) {
                std::int64_t other = 0;
                std::memcpy(&other, part.given.data(), sizeof(other));
                value = std::min(value, other);
            }
        });
    }

    std::unique_ptr<Transport> split(int colour) override {
        std::shared_ptr<Network::Group> part;
        int rank = 0;
        Request request = start(Kind::split, 0, detail::bytes_of(colour), [&](Collective& collective) {
            std::vector<int> members;
            for (std::size_t i = 0; i < collective.parts.size(); ++i) {
                int other = 0;
                std::memcpy(&other, collective.parts[i].given.data(), sizeof(other));
                if (other == colour) {
                    rank = static_cast<int>(i) == rank_ ? static_cast<int>(members.size()) : rank;
                    members.push_back(group_->members[i]);
                }
            }
            std::shared_ptr<Network::Group>& made = collective.made[colour];
            if (made == nullptr) {
                made = std::make_shared<Network::Group>(members);
            }
            part = made;
        });
        block(request);
        return std::make_unique<SimulatedTransport>(network_, part, rank);
    }

    std::unique_ptr<Transport> split_by_machine() override {
        return split(network_.node_of(member(*group_, rank_)));
    }

    void close() override {
        Request request = start(Kind::close, 0, {}, [](Collective&) {});
        block(request);
        for (const auto& [channel, count] : box(rank_).under_way) {
            if (count != 0) {
                scheduler_.give_up(
                    fmt::format("rank {} closes before it has received a message of {} from rank {}", rank_,
                                name_of_tag(channel.second), channel.first));
            }
        }
    }

    void pause(detail::Backoff& /*backoff*/) override { scheduler_.pause(); }

  private:
    void call_in() {
        scheduler_.step();
        scheduler_.run_events();
        network_.progress().call_in(member(*group_, rank_));
    }

    // Its number in the whole network.
    static int member(const Network::Group& group, int rank) {
        return group.members[static_cast<std::size_t>(rank)];
    }

    // Inside an operation of MPI that does not return before it is over.
    void block(Request& request) {
        while (!test(request)) {
            scheduler_.pause();
        }
    }

    [[nodiscard]] Mailbox& box(int rank) { return group_->boxes[static_cast<std::size_t>(rank)]; }

    std::shared_ptr<Message> message(int tag, ConstBytes bytes, std::shared_ptr<Operation> send) {
        auto result = std::make_shared<Message>();
        result->from = rank_;
        result->tag = tag;
        result->bytes = bytes;
        if (send == nullptr) {
            result->kept.assign(bytes.begin(), bytes.end());
            result->bytes = result->kept;
        }
        result->send = std::move(send);
        return result;
    }

    Request start_send(int to, int tag, ConstBytes bytes, bool waits, const char* what) {
        call_in();
        const auto [handle, send] =
            network_.add(fmt::format("{} of {} to {}", what, name_of_tag(tag), name_of_rank(to)));
        send->done = !waits;
        send->taken = !waits;
        deliver(to, message(tag, bytes, waits ? send : nullptr));
        return {handle};
    }

    void deliver(int to, std::shared_ptr<Message> message) {
        ++box(to).under_way[{rank_, message->tag}];
        network_.progress().send_off(member(*group_, rank_), member(*group_, to),
                                     [&network = network_, group = group_, to, message = std::move(message)] {
                                         travel(network, group, to, message);
                                     });
        scheduler_.changed();
    }

    // On the way, where no message of a channel overtakes another.
    static void travel(Network& network, const std::shared_ptr<Network::Group>& group, int to,
                       const std::shared_ptr<Message>& message) {
        Mailbox& box = group->boxes[static_cast<std::size_t>(to)];
        std::int64_t& latest = box.latest[{message->from, message->tag}];
        latest = std::max(latest, network.scheduler().time() + network.scheduler().delay());
        network.scheduler().at(latest, [&network, group, to, message] {
            group->boxes[static_cast<std::size_t>(to)].arrived.push_back(message);
            network.progress().arrive(member(*group, to),
                                      [&network, group, to] { match(network, *group, to); });
        });
    }

    // Gives what has arrived to the first receives that take it, in the order of arrival.
    static void match(Network& network, Network::Group& group, int to) {
        Mailbox& box = group.boxes[static_cast<std::size_t>(to)];
        for (auto place = box.arrived.begin(); place != box.arrived.end();) {
            const std::shared_ptr<Message> message = *place;
            const auto taker = std::find_if(box.posted.begin(), box.posted.end(), [&](const auto& receive) {
                return receive->tag == message->tag &&
                       (receive->from == detail::any_rank || receive->from == message->from);
            });
            if (taker == box.posted.end()) {
                ++place;
                continue;
            }
            take(network, *message, **taker);
            --box.under_way[{message->from, message->tag}];
            box.posted.erase(taker);
            place = box.arrived.erase(place);
        }
    }

    static void take(Network& network, const Message& message, Operation& receive) {
        Scheduler& scheduler = network.scheduler();
        if (message.bytes.size() > receive.room.size()) {
            scheduler.fault(fmt::format("a message of {} has {} bytes, its receive has room for {}",
                                        name_of_tag(message.tag), message.bytes.size(), receive.room.size()));
            return;
        }
        std::copy(message.bytes.begin(), message.bytes.end(), receive.room.begin());
        receive.arrival = {message.from, message.bytes.size()};
        receive.done = true;
        if (message.send != nullptr) {
            message.send->taken = true;
            network.progress().acknowledge(receive.rank, [&scheduler, send = message.send] {
                scheduler.at(scheduler.time() + scheduler.delay(), [send] { send->done = true; });
            });
        }
        scheduler.changed();
    }

    static void copy(const std::vector<std::byte>& from, Bytes to) {
        std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
    }

    Request start(Kind kind, int root, ConstBytes given, std::function<void(Collective&)> finish) {
        call_in();
        const std::uint64_t number = group_->next[static_cast<std::size_t>(rank_)]++;
        std::shared_ptr<Collective>& place = group_->collectives[number];
        if (place == nullptr) {
            place = std::make_shared<Collective>();
            place->kind = kind;
            place->root = root;
            place->parts.resize(group_->members.size());
            place->giver_waits = kind == Kind::close || scheduler_.dice().one_in(2);
            place->shape = static_cast<Collective::Shape>(scheduler_.dice().below(3));
        }
        const std::shared_ptr<Collective> all = place;
        if (all->kind != kind || all->root != root) {
            scheduler_.give_up(fmt::format("rank {} starts {} where others started {}", rank_,
                                           kind_names[static_cast<std::size_t>(kind)],
                                           kind_names[static_cast<std::size_t>(all->kind)]));
        }
        const auto [handle, operation] = network_.add(kind_names[static_cast<std::size_t>(kind)]);
        operation->finish = [all, finish = std::move(finish)] { finish(*all); };
        Collective::Part& mine = all->parts[static_cast<std::size_t>(rank_)];
        mine.started = true;
        mine.given.assign(given.begin(), given.end());
        mine.operation = operation;
        if (++all->started == all->parts.size()) {
            group_->collectives.erase(number);
        }
        for (int rank = 0; rank < all->size(); ++rank) {
            advance(network_, group_, all, rank);
        }
        scheduler_.changed();
        return {handle};
    }

    // Passes on what a rank has to pass on, and ends its part once that can be.
    static void advance(Network& network, const std::shared_ptr<Network::Group>& group,
                        const std::shared_ptr<Collective>& all, int rank) {
        Collective::Part& part = all->parts[static_cast<std::size_t>(rank)];
        if (!part.started) {
            return;
        }
        const std::vector<int> children = all->children(rank);
        const int parent = all->parent(rank);
        const auto pass = [&](int to, void (*arrive)(Collective::Part&)) {
            network.progress().send_off(
                member(*group, rank), member(*group, to), [&network, group, all, to, arrive] {
                    Scheduler& scheduler = network.scheduler();
                    scheduler.at(scheduler.time() + scheduler.delay(), [&network, group, all, to, arrive] {
                        arrive(all->parts[static_cast<std::size_t>(to)]);
                        advance(network, group, all, to);
                    });
                });
        };
        if (!all->comes_from_root() && !part.passed_up && part.came == static_cast<int>(children.size())) {
            part.passed_up = true;
            part.told = parent < 0;
            if (parent >= 0) {
                pass(parent, [](Collective::Part& above) { ++above.came; });
            }
        }
        part.told = part.told || (all->comes_from_root() && parent < 0);
        if (part.told && !part.passed_down && all->kind != Kind::gather) {
            part.passed_down = true;
            for (const int child : children) {
                pass(child, [](Collective::Part& below) { below.told = true; });
            }
        }
        if (!part.scheduled && may_end(*all, part, parent < 0)) {
            part.scheduled = true;
            Scheduler& scheduler = network.scheduler();
            scheduler.at(scheduler.time() + scheduler.delay(),
                         [operation = part.operation] { operation->done = true; });
        }
    }

    // Who only gives may have to wait for the others or not.
    static bool may_end(const Collective& all, const Collective::Part& part, bool is_root) {
        const bool need_not_wait = all.started == all.parts.size() || !all.giver_waits;
        if (all.kind == Kind::gather && !is_root) {
            return part.passed_up && need_not_wait;
        }
        return all.comes_from_root() && is_root ? need_not_wait : part.told;
    }

    Network& network_;
    Scheduler& scheduler_;
    std::shared_ptr<Network::Group> group_;
    int rank_;
};

std::vector<int> first_integers(std::size_t count) {
    std::vector<int> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(static_cast<int>(i));
    }
    return all;
}

}  // namespace

Network::Network(Scheduler& scheduler, std::vector<int> node_of, Manners manners)
    : scheduler_(scheduler),
      progress_(scheduler, static_cast<int>(node_of.size()), manners),
      node_of_(std::move(node_of)),
      all_(std::make_shared<Group>(first_integers(node_of_.size()))) {}

Network::~Network() = default;

std::unique_ptr<Transport> Network::transport_of(int rank) {
    return std::make_unique<SimulatedTransport>(*this, all_, rank);
}

std::pair<std::uint64_t, std::shared_ptr<Operation>> Network::add(const std::string& what) {
    auto operation = std::make_shared<Operation>();
    operation->rank = scheduler_.current();
    operation->what = what;
    operations_.emplace(++last_, operation);
    return {last_, operation};
}

const std::shared_ptr<Operation>& Network::find(const Request& request) const {
    const auto place = operations_.find(request.handle);
    if (place == operations_.end()) {
        scheduler_.give_up(fmt::format("rank {} asks for a request that is none", scheduler_.current()));
    }
    return place->second;
}

void Network::remove(Request& request) {
    operations_.erase(request.handle);
    request = {};
}

std::string Network::waiting(int rank) const {
    std::set<std::string> all;
    for (const auto& [handle, operation] : operations_) {
        if (operation->rank == rank && operation->tested_at_step > scheduler_.last_change() &&
            !operation->done) {
            all.insert(operation->what);
        }
    }
    const std::size_t kept = progress_.kept(rank);
    return (all.empty() ? "waits for nothing of the network"
                        : fmt::format("waits for {}", fmt::join(all, ", or "))) +
           (kept > 0 ? fmt::format("; {} messages have not left it", kept) : "");
}

}  // namespace cohort::testing
