import Glibc
import Mail
import Testing

@testable import Gateway

@Suite struct ConnectionCountTests {
  @Test func `no more sessions are let in than descriptors bear`() {
    let count = ConnectionCount(bearable: 2)
    let address = IPAddress.v4(0xC000_0201)
    let limits = ConnectionLimits(all: 100, address: 100, network: 100)
    #expect(count.enter(address, limits))
    #expect(count.enter(address, limits))
    #expect(!count.enter(address, limits))
    count.leave(address)
    #expect(count.enter(address, limits))
  }

  @Test func `the limit of descriptors is raised as far as it goes`() {
    DescriptorLimit.raise()
    var limit = rlimit()
    #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    #expect(limit.rlim_cur == limit.rlim_max)
    #expect(DescriptorLimit.sessions >= 16)
  }
}
