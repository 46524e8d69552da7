import Glibc
import Mail
import Testing

@testable import Gateway

@Suite struct ConnectionCountTests {
  @Test func `no more sessions are let in than descriptors bear`() {
    let count = ConnectionCount(bearable: 2)
    let address = IPAddress.v4(0xC000_0201)
    #expect(count.enter(address, limit: 100, perAddress: 100))
    #expect(count.enter(address, limit: 100, perAddress: 100))
    #expect(!count.enter(address, limit: 100, perAddress: 100))
    count.leave(address)
    #expect(count.enter(address, limit: 100, perAddress: 100))
  }

  @Test func `the limit of descriptors is raised as far as it goes`() {
    DescriptorLimit.raise()
    var limit = rlimit()
    #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    #expect(limit.rlim_cur == limit.rlim_max)
    #expect(DescriptorLimit.sessions >= 16)
  }
}
