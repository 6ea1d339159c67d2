// The round trip of ps-lite (github.com/dmlc/ps-lite), taken on request, as a peer of that of `tare bench`.
//
//     ps_lite_round_trip tcp|ipc
//
// A scheduler, a server and a worker of ps-lite, each a process of its own on this host. A gradient of 4 KB goes to the server,
// which takes a step of SGD, and the weights come back. Prints one JSON line when it has warmed up. Then each line "run SECONDS" on
// stdin is answered with one: the median microseconds with ps-lite's one message for both ("push_pull") and with one message after
// the other ("push_then_pull"), each for half of that time, and the better of the two ("best").
//
// With Debian's libzmq3-dev, libprotobuf-dev and protobuf-compiler, and ps-lite (commit 15b8adf1) in the folder ps-lite:
//
//     make -C ps-lite ps DEPS_PATH=/usr PROTOC=/usr/bin/protoc
//     g++ -std=c++17 -O3 -isystem ps-lite/include ps_lite_round_trip.cc ps-lite/build/libps.a -lprotobuf-lite -lzmq -pthread \
//       -o ps_lite_round_trip
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "ps/ps.h"

namespace ps {
int GetAvailablePort();  // of libps.a, but in none of its public headers
}

namespace {

constexpr int kElements = 1000;
constexpr float kRate = 0.01f;

/// Once all have called it.
void End() {
  const std::string port = std::to_string(ps::Postoffice::Get()->van()->my_node().port);
  ps::Finalize(0);
  if (ps::GetEnv("DMLC_LOCAL", 0)) unlink(("/tmp/" + port).c_str());  // ps-lite leaves its socket there
}

void Serve() {
  ps::SArray<float> weights(kElements, 0);
  ps::KVServer<float> server(0);  // before Start, after which messages may come
  server.set_request_handle([&](const ps::KVMeta& meta, const ps::KVPairs<float>& request, ps::KVServer<float>*) {
    if (meta.push)
      for (int i = 0; i < kElements; ++i) weights[i] -= kRate * request.vals[i];
    ps::KVPairs<float> answer;
    if (meta.pull) {
      answer.keys = request.keys;
      answer.vals = weights;  // shared, not copied: the only worker has received them before it pushes again
    }
    server.Response(meta, answer);
  });
  ps::Start(0);
  End();
}

class Worker {
 public:
  // The Z is for zero-copy.
  void PushPull() { worker_.Wait(worker_.ZPushPull(keys_, gradient_, &weights_)); }

  void PushThenPull() {
    worker_.Wait(worker_.ZPush(keys_, gradient_));
    worker_.Wait(worker_.ZPull(keys_, &weights_));
  }

  /// Microseconds of a turn.
  double Median(void (Worker::*turn)(), double seconds, size_t least = 1) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    const auto start = Clock::now();
    do {
      const auto before = Clock::now();
      (this->*turn)();
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - before).count());
      expected_ -= kRate;
    } while (times.size() < least || Clock::now() - start < std::chrono::duration<double>(seconds));
    for (float weight : weights_) CHECK_EQ(weight, expected_) << "not the weights after every step";
    const auto middle = times.begin() + times.size() / 2;
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
  }

 private:
  ps::KVWorker<float> worker_{0, 0};
  // In parentheses: with braces these would be lists of two.
  const ps::SArray<ps::Key> keys_ = ps::SArray<ps::Key>(1, 0);
  const ps::SArray<float> gradient_ = ps::SArray<float>(kElements, 1);
  ps::SArray<float> weights_ = ps::SArray<float>(kElements, 0);
  float expected_ = 0;
};

void Work(const std::string& transport) {
  ps::Start(0);
  Worker worker;
  worker.Median(&Worker::PushPull, 0, 100);
  worker.Median(&Worker::PushThenPull, 0, 100);
  std::cout << "{\"peer\": \"ps-lite\", \"transport\": \"" << transport << "\"}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    double seconds = 0;
    CHECK_EQ(std::sscanf(line.c_str(), "run %lf", &seconds), 1) << line;
    const double together = worker.Median(&Worker::PushPull, seconds / 2);
    const double apart = worker.Median(&Worker::PushThenPull, seconds / 2);
    std::cout << "{\"best\": " << std::min(together, apart) << ", \"push_pull\": " << together << ", \"push_then_pull\": " << apart
              << "}" << std::endl;
  }
  std::signal(SIGCHLD, SIG_DFL);  // from here on they may end
  End();
}

/// A child with this role, which does not outlive its parent.
void Start(const char* role, void (*run)()) {
  const pid_t parent = getpid();
  if (fork() != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it ended before that
  setenv("DMLC_ROLE", role, 1);
  run();
  std::exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string transport = argc == 2 ? argv[1] : "";
  if (transport != "tcp" && transport != "ipc") {
    std::cerr << "usage: " << argv[0] << " tcp|ipc" << std::endl;
    return 64;
  }
  setenv("DMLC_LOCAL", transport == "ipc" ? "1" : "0", 1);
  setenv("DMLC_PS_ROOT_URI", "127.0.0.1", 1);
  setenv("DMLC_PS_ROOT_PORT", std::to_string(ps::GetAvailablePort()).c_str(), 1);
  setenv("DMLC_NODE_HOST", "127.0.0.1", 1);  // else the first interface that is not loopback
  setenv("DMLC_NUM_SERVER", "1", 1);
  setenv("DMLC_NUM_WORKER", "1", 1);
  unsetenv("PORT");  // server and worker would both take it
  std::signal(SIGCHLD, [](int) { _exit(1); });  // else the others would wait for ever for the one that ended
  // Now, while there is one thread: ps-lite starts more, which a fork would not have.
  Start("scheduler", [] {
    ps::Start(0);
    End();
  });
  Start("server", Serve);
  setenv("DMLC_ROLE", "worker", 1);
  Work(transport);
  while (wait(nullptr) > 0) continue;
}
