// Which processes hold memory of a device. NVML knows, a library that comes
// with the driver; it is opened by name when first asked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace at::cuda {

struct ProcessMemory {
  unsigned pid;
  uint64_t bytes;
};

// pci_bus_id: "0000:3B:00.0". Empty where NVML is missing or does not say.
std::vector<ProcessMemory> process_memory(const std::string& pci_bus_id);

} // namespace at::cuda
