// All of cohort.
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/plan/grains.hpp>
#include <cohort/plan/moments.hpp>
#include <cohort/plan/random.hpp>
#include <cohort/plan/schedule.hpp>
#include <cohort/plan/seed.hpp>
#include <cohort/team/counter.hpp>
#include <cohort/team/shared_array.hpp>
#include <cohort/team/team.hpp>

#include <cohort/run/exchange.hpp>
#include <cohort/run/journal.hpp>
#include <cohort/run/map.hpp>
#include <cohort/run/monte_carlo.hpp>
#include <cohort/run/observer.hpp>
#include <cohort/run/parts.hpp>
#include <cohort/run/reduce.hpp>
#include <cohort/run/search.hpp>

#include <cohort/report/balance_line.hpp>
#include <cohort/report/doctor.hpp>
#include <cohort/report/format.hpp>
#include <cohort/report/progress.hpp>

#include <cohort/store/column.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/grid.hpp>
#include <cohort/store/image.hpp>
#include <cohort/store/pending_file.hpp>

#include <cohort/app/program.hpp>
#include <cohort/app/run.hpp>
