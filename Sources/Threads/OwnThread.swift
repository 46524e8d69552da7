import CThread
import Glibc

/// A thread that runs one body and is gone.
package enum OwnThread {
  /// The name is what `top -H` shows, of at most 15 octets.
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(name, body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        kadomori_thread_name(body.name)
        body.run()
        return nil
      }, box.toOpaque())
    precondition(code == 0, "the system gives us a thread")
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }
}
