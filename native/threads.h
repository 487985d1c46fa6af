// Threads that work on one plan together. The caller is one of them; the others sleep between calls.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mtl {

inline void pauseProcessor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/**
 * A call as a row of rounds, each of as many parts, which begins when all parts of the one before are done. A part is of one thread in every round
 * if that thread is there in time, for what it needs is then in a near cache; else whoever is free takes it. Which thread that is changes no number.
 */
class Rounds {
 public:
  /// Does a part of a round.
  using Part = std::function<void(long round, int part)>;

  Rounds(long rounds, int parts, Part part) : rounds_(rounds), parts_(parts), part_(std::move(part)), next_(parts) {
    for (auto& each : next_) each.store(0, std::memory_order_relaxed);
  }

  /// Takes parts until all rounds are done.
  void work(int own) {
    int looked = 0;
    for (long round = round_.load(std::memory_order_acquire); round < rounds_;
         round = round_.load(std::memory_order_acquire)) {
      if (takeOne(round, own)) {
        looked = 0;
      } else if (++looked < 2000) {
        pauseProcessor();
      } else {
        // Someone else works on the last part; other processes may want the core meanwhile.
        std::this_thread::yield();
      }
    }
  }

 private:
  bool takeOne(long round, int own) {
    for (int i = 0; i < parts_; ++i) {
      const int part = (own + i) % parts_;
      long expected = round;
      if (next_[part].load(std::memory_order_relaxed) != round) continue;
      if (!next_[part].compare_exchange_strong(expected, round + 1, std::memory_order_acq_rel)) continue;
      part_(round, part);
      if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == parts_ * (round + 1))
        round_.store(round + 1, std::memory_order_release);
      return true;
    }
    return false;
  }

  const long rounds_;
  const int parts_;
  const Part part_;
  /// By part: the round in which it is to be taken next.
  std::vector<std::atomic<long>> next_;
  alignas(64) std::atomic<long> round_{0};
  alignas(64) std::atomic<long> done_{0};
};

/// The threads of a process, made when they are first wanted. One call at a time works with them.
class Team {
 public:
  static Team& get() {
    // Never destroyed: its threads end with the process.
    static Team* team = new Team();
    return *team;
  }

  void run(int threads, Rounds& rounds) {
    if (threads <= 1) return rounds.work(0);
    std::lock_guard<std::mutex> one(call_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      while (helpers_ < threads - 1) {
        const int thread = ++helpers_;
        std::thread([this, thread] { serve(thread); }).detach();
      }
      rounds_ = &rounds;
      threads_ = threads;
      ++call_number_;
    }
    wake_.notify_all();
    rounds.work(0);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      rounds_ = nullptr;
    }
    while (inside_.load(std::memory_order_acquire) > 0) std::this_thread::yield();
  }

 private:
  void serve(int thread) {
    unsigned long seen = 0;
    for (;;) {
      Rounds* rounds;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return call_number_ != seen && rounds_ != nullptr && thread < threads_; });
        seen = call_number_;
        rounds = rounds_;
        inside_.fetch_add(1, std::memory_order_acq_rel);
      }
      rounds->work(thread);
      inside_.fetch_sub(1, std::memory_order_acq_rel);
    }
  }

  std::mutex call_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<int> inside_{0};
  Rounds* rounds_ = nullptr;
  unsigned long call_number_ = 0;
  int threads_ = 0;
  int helpers_ = 0;
};

/// Each of some parts once, by as many threads.
inline void inParts(int parts, const std::function<void(int part)>& work) {
  Rounds rounds(1, parts, [&](long, int part) { work(part); });
  Team::get().run(parts, rounds);
}

}  // namespace mtl
