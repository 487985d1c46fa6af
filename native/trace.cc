// Starts and stops the recorder of TensorFlow's own trace, and hands its events to JavaScript. `src/runtime/engine/trace` compiles it
// against the library of the native engine when a trace is first asked for.
#include <node_api.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <vector>

namespace tsl {
namespace profiler {

// The recorder as libtensorflow_framework exports it, of which TensorFlow ships no C header: a call of `Start`, then a call of `Stop`,
// with what each thread did between the two. Times are nanoseconds; an event that is not complete has a negative one.
class TraceMeRecorder {
 public:
  struct Event {
    std::string name;
    int64_t start;
    int64_t end;
  };
  struct Thread {
    int64_t id;
    std::string name;
  };
  struct ThreadEvents {
    Thread thread;
    std::deque<Event> events;
  };
  static bool Start(int level);
  static std::vector<ThreadEvents> Stop();
};

}  // namespace profiler
}  // namespace tsl

namespace {

using tsl::profiler::TraceMeRecorder;

// Also the events that matter to those who work on the runtime itself: each op of a compiled function is one.
constexpr int kLevel = 3;

napi_value Start(napi_env env, napi_callback_info) {
  napi_value started;
  napi_get_boolean(env, TraceMeRecorder::Start(kLevel), &started);
  return started;
}

napi_value Text(napi_env env, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

napi_value Number(napi_env env, int64_t number) {
  napi_value value;
  napi_create_double(env, static_cast<double>(number), &value);
  return value;
}

// A list of [thread, name, start, end] for each complete event, times since the first of them.
napi_value Stop(napi_env env, napi_callback_info) {
  const auto threads = TraceMeRecorder::Stop();
  int64_t first = std::numeric_limits<int64_t>::max();
  for (const auto& each : threads)
    for (const auto& event : each.events)
      if (event.start > 0 && event.end > 0) first = std::min(first, event.start);
  napi_value list;
  napi_create_array(env, &list);
  uint32_t count = 0;
  for (const auto& each : threads) {
    const napi_value thread = Text(env, each.thread.name);
    for (const auto& event : each.events) {
      if (event.start <= 0 || event.end <= 0) continue;
      napi_value row;
      napi_create_array_with_length(env, 4, &row);
      napi_set_element(env, row, 0, thread);
      napi_set_element(env, row, 1, Text(env, event.name));
      napi_set_element(env, row, 2, Number(env, event.start - first));
      napi_set_element(env, row, 3, Number(env, event.end - first));
      napi_set_element(env, list, count++, row);
    }
  }
  return list;
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "start", Start);
  Export(env, exports, "stop", Stop);
  return exports;
}
