#include <cohort/run/codec.hpp>
#include <cohort/run/failures.hpp>
#include <cohort/team/failure.hpp>

#include <algorithm>
#include <utility>

namespace cohort::detail {

void pack_failure(Bytes& bytes, const TaskFailure& failure) {
    pack(bytes, failure.item);
    pack(bytes, failure.items);
    pack(bytes, failure.rank);
    pack(bytes, failure.attempts);
    pack(bytes, failure.host);
    pack(bytes, failure.type);
    pack(bytes, failure.message);
}

TaskFailure unpack_failure(Reader& reader) {
    TaskFailure failure;
    failure.item = unpack<Index>(reader);
    failure.items = unpack<std::uint64_t>(reader);
    failure.rank = unpack<int>(reader);
    failure.attempts = unpack<int>(reader);
    failure.host = unpack<std::string>(reader);
    failure.type = unpack<std::string>(reader);
    failure.message = unpack<std::string>(reader);
    return failure;
}

namespace {

void pack_unit(Bytes& bytes, const FailedUnit& failed) {
    pack(bytes, failed.unit);
    pack(bytes, failed.kind);
    pack_failure(bytes, failed.failure);
}

FailedUnit unpack_unit(Reader& reader) {
    FailedUnit failed;
    failed.unit = unpack<std::uint64_t>(reader);
    failed.kind = unpack<ErrorKind>(reader);
    failed.failure = unpack_failure(reader);
    return failed;
}

// On the root: all units, with their items, from what the ranks sent.
std::vector<FailedUnit> collected(const std::vector<Bytes>& parts) {
    std::vector<FailedUnit> all;
    for (const Bytes& part : parts) {
        Reader reader(part);
        while (!reader.empty()) {
            all.push_back(unpack_unit(reader));
            all.back().items = unpack<Bytes>(reader);
        }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.unit < b.unit; });
    return all;
}

}  // namespace

std::vector<FailedUnit> exchange(TeamCore& team, std::vector<FailedUnit> mine) {
    if (team.alone()) {
        std::sort(mine.begin(), mine.end(), [](const auto& a, const auto& b) { return a.unit < b.unit; });
        return mine;
    }
    Bytes bytes;
    for (const FailedUnit& failed : mine) {
        pack_unit(bytes, failed);
        pack(bytes, failed.items);
    }
    std::vector<Bytes> parts = gather(team, bytes);
    bytes.clear();
    bool travel = false;
    if (team.rank() == 0) {
        const std::vector<FailedUnit> all = collected(parts);
        parts.assign(parts.size(), {});
        for (const FailedUnit& failed : all) {
            travel = travel || !failed.items.empty();
            pack(parts[static_cast<std::size_t>(next_rank(failed, team.size()))], failed.items);
        }
        pack(bytes, travel);
        for (const FailedUnit& failed : all) {
            pack_unit(bytes, failed);
        }
    }
    broadcast(team, bytes, 0);
    Reader reader(bytes);
    travel = unpack<bool>(reader);
    std::vector<FailedUnit> all;
    while (!reader.empty()) {
        all.push_back(unpack_unit(reader));
    }
    for (FailedUnit& failed : mine) {
        const auto place = std::lower_bound(all.begin(), all.end(), failed.unit,
                                            [](const auto& a, std::uint64_t unit) { return a.unit < unit; });
        place->original = std::move(failed.original);
    }
    if (travel) {
        const Bytes part = scatter(team, parts);
        Reader items(part);
        for (FailedUnit& failed : all) {
            if (next_rank(failed, team.size()) == team.rank()) {
                failed.items = unpack<Bytes>(items);
            }
        }
    }
    return all;
}

void raise(const FailedUnit& failed, std::uint64_t finished) {
    Failure record;
    record.kind = failed.kind;
    record.rank = failed.failure.rank;
    record.attempts = failed.failure.attempts;
    record.item = failed.failure.item;
    assign(record.host, failed.failure.host);
    assign(record.type, failed.failure.type);
    assign(record.message, failed.failure.message);
    raise(record, failed.original, finished);
}

}  // namespace cohort::detail
