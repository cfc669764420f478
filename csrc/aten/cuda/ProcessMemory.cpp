#include "aten/cuda/ProcessMemory.h"

#include <dlfcn.h>

namespace at::cuda {
namespace {

// What is needed of NVML's interface; nvml.h is not part of every toolkit.
struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance;
  unsigned compute_instance;
};
constexpr unsigned long long kUnknown = ~0ULL;
constexpr int kSuccess = 0;
constexpr int kInsufficientSize = 7;

struct Nvml {
  int (*init)();
  int (*find_device)(const char* pci_bus_id, void** device);
  int (*processes)(void* device, unsigned* count, ProcessInfo* infos);
};

// Null where it cannot be had.
const Nvml* nvml() {
  static const Nvml* const table = []() -> const Nvml* {
    void* const library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      return nullptr;
    }
    static Nvml t;
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(
          dlsym(library, name));
      return function != nullptr;
    };
    const bool found = find(t.init, "nvmlInit_v2") &&
        find(t.find_device, "nvmlDeviceGetHandleByPciBusId_v2") &&
        find(t.processes, "nvmlDeviceGetComputeRunningProcesses_v3");
    return found && t.init() == kSuccess ? &t : nullptr;
  }();
  return table;
}

} // namespace

std::vector<ProcessMemory> process_memory(const std::string& pci_bus_id) {
  void* device = nullptr;
  if (!nvml() || nvml()->find_device(pci_bus_id.c_str(), &device) != kSuccess) {
    return {};
  }
  std::vector<ProcessInfo> infos(16);
  auto count = static_cast<unsigned>(infos.size());
  int status = nvml()->processes(device, &count, infos.data());
  while (status == kInsufficientSize) { // others may start meanwhile
    infos.resize(count + 16);
    count = static_cast<unsigned>(infos.size());
    status = nvml()->processes(device, &count, infos.data());
  }
  std::vector<ProcessMemory> found;
  for (unsigned i = 0; status == kSuccess && i < count; ++i) {
    if (infos[i].used_memory != kUnknown) {
      found.push_back({infos[i].pid, infos[i].used_memory});
    }
  }
  return found;
}

} // namespace at::cuda
