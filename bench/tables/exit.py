"""Early exit: what it gains, how soon everyone stops, and what it costs to ask (bench/exit.cpp, bench/searches.cpp)."""

import statistics

from measuring import CORES, RANKS, median_ratio, percent, print_table, rounded
from tables.nodes import on_nodes

# Numbers and their smallest factors, 0 for primes.
NUMBERS = {
    112272535095295: 5,
    112272535095293: 0,
    100109100129100369: 95362951,
    100109100129101027: 171656941,
    100109100129100151: 0,
    100109100129162907: 0,
}


def positions(bench):
    """Speed-up over one rank with the hit at 1, 5, 20, 50 and 90 % of the range, on 2, 4 and 8 ranks."""
    items = bench.sized(1_000_000, 100_000)
    ranks = [1, 2, 4, 8]
    programs = [bench.mpi("exit", "positions", items, 1, ranks=count, label=f"{count} ranks") for count in ranks]
    results = [list(zip(*(lines[0] for lines in own))) for own in bench.interleaved(programs)]
    titles = [f"{count} (at most {min(count, CORES)})" for count in ranks[1:]]
    table = [[f"speed-up, hit in {items:,} tasks of 1 us at", "1 rank, s", *titles]]
    for place, share in enumerate((1, 5, 20, 50, 90)):
        alone = results[0][place]
        gains = [f"{median_ratio(alone, own[place]):.2f}" for own in results[1:]]
        table.append([f"{share} %", f"{statistics.median(alone):.3f}", *gains])
    print_table(table)


def factors(bench):
    """The smallest factor of large numbers, by division one candidate at a time."""
    table = [["smallest factor of", "1 rank, s", f"{RANKS} ranks, s", "speed-up"]]
    numbers = list(NUMBERS.items())
    for number, factor in numbers[: bench.sized(len(numbers), 3)]:
        name = f"{number}" if factor else f"{number} (prime)"
        pair = [bench.mpi("searches", number, factor, ranks=ranks, label=name) for ranks in (1, RANKS)]
        alone, together = bench.one_number(pair)
        gain = median_ratio(alone, together)
        table.append([name, f"{statistics.median(alone):.4f}", f"{statistics.median(together):.4f}", f"{gain:.2f}"])
    print_table(table)


def stopping(bench):
    """From a hit until the last task has returned and the last rank has left, beside the latency of a message."""
    searches = bench.sized(2_000, 200)
    messages = bench.sized(100_000, 10_000)
    table = [["from the hit, us (median, most)", "message", "last task returned", "in messages", "last rank left", "Balance"]]
    by_tcp, how = on_nodes(bench, 2, 1)
    between = ["-x", "COHORT_RANKS_PER_NODE=1"]
    places = {
        "2 ranks of a node": lambda *arguments: bench.mpi(*arguments, ranks=2),
        "2 nodes that share memory": lambda *arguments: bench.mpi(*arguments, ranks=2, more=between),
        f"2 nodes, {how}": by_tcp,
    }
    if CORES > 2:  # with more ranks than cores this would show how long the system's time slices are
        places[f"{CORES} ranks of a node"] = lambda *arguments: bench.mpi(*arguments, ranks=CORES)
    for name, place in places.items():
        pair = [place("floors", "ping_pong", messages), place("exit", "stop", searches)]
        pings, stops = bench.interleaved(pair, bench.sized(3, 1))
        message = statistics.median(lines[0][0] for lines in pings) / messages / 2
        returned, left, balance = zip(*(line for lines in stops for line in lines))

        def both(times):
            return f"{statistics.median(times) * 1e6:.2f}, {max(times) * 1e6:,.0f}"

        in_messages = rounded(statistics.median(returned) / message, 2)
        table.append([name, f"{message * 1e6:.2f}", both(returned), in_messages, both(left), both(balance)])
    print_table(table)


def polling(bench):
    """What context.stop_requested() adds to a loop of bodies of about 1 ns, asked every turn and every 16th."""
    turns = bench.sized(50_000_000, 2_000_000)
    titles = ["alone, ns", "one load", "stop_requested", "the same, ns", "every 16th"]
    table = [["added to a turn of about 1 ns by", *titles]]
    places = {
        "1 rank": bench.mpi("exit", "polling", turns, bench.repetitions, ranks=1),
        "2 ranks of a node": bench.mpi("exit", "polling", turns, bench.repetitions, ranks=2),
        "2 nodes": bench.mpi("exit", "polling", turns, bench.repetitions, ranks=2, more=["-x", "COHORT_RANKS_PER_NODE=1"]),
    }
    for place, program in places.items():
        columns = bench.columns(program)
        for body, first in (("steps that wait for each other", 0), ("all a core can issue", 4)):
            alone, load, asked, rarely = columns[first : first + 4]
            added = [percent(median_ratio(own, alone) - 1) for own in (load, asked, rarely)]
            nanoseconds = statistics.median(with_it - without for with_it, without in zip(asked, alone))
            row = [f"{statistics.median(alone):.2f}", added[0], added[1], f"{nanoseconds:.2f}", added[2]]
            table.append([f"{place}, {body}", *row])
    print_table(table)


TABLES = {"exit-positions": positions, "exit-factors": factors, "exit-stopping": stopping, "exit-polling": polling}
