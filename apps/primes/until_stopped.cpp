#include <primes/until_stopped.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace cohort::primes::detail {

namespace {

class Aside {
  public:
    Aside() {
        std::thread([this] { work(); }).detach();
    }

    void add(std::function<void()> work) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(work));
        changed_.notify_one();
    }

  private:
    [[noreturn]] void work() {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !waiting_.empty(); });
            const std::function<void()> next = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            next();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> waiting_;
};

}  // namespace

void do_aside(std::function<void()> work) {
    // Never taken down, as its thread may be at work when the program ends.
    static Aside* const aside = new Aside;
    aside->add(std::move(work));
}

}  // namespace cohort::primes::detail
