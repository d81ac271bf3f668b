// A working folder of its own, for a library that writes files into the one it finds itself in.
//
// FLINT's quadratic sieve does, under a name that is the same for most numbers, so that two ranks would spoil each other's
// file; and where it cannot open it, it crashes. What a killed run leaves is in the folder for temporary files.
#pragma once

#include <mutex>

namespace cohort::primes {

class OwnFolder {
  public:
    // Local. Makes an empty folder where temporary files go and makes it the working folder of this process; one at a time,
    // other threads wait. Throws StoreError.
    OwnFolder();
    // Goes back, and removes the folder with what is in it.
    ~OwnFolder();
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;

  private:
    std::unique_lock<std::mutex> turn_;
    int back_ = -1;
};

}  // namespace cohort::primes
