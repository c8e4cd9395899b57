package io.bitbuilder.hypervisor.sync;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ProgressMonitor;

/** What one operation may still receive. Everything a server sends is read through it. */
final class Budget {
  private final long limit;
  private long received;
  private volatile boolean cancelled;

  /** Allows a number of bytes. */
  Budget(long limit) {
    this.limit = limit;
  }

  /** Ends the operation at the next thing it reads or reports. */
  void cancel() {
    cancelled = true;
  }

  /** Lets JGit's own loops notice that the operation is over. */
  ProgressMonitor monitor() {
    return new EmptyProgressMonitor() {
      @Override
      public boolean isCancelled() {
        return cancelled;
      }
    };
  }

  InputStream meter(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        alive();
        int c = super.read();
        count(c < 0 ? 0 : 1);
        return c;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        alive();
        int read = super.read(bytes, offset, length);
        count(Math.max(read, 0));
        return read;
      }

      @Override
      public long skip(long n) throws IOException {
        alive();
        long skipped = super.skip(n);
        count(skipped);
        return skipped;
      }
    };
  }

  /** Throws once the operation is over. */
  void alive() throws InterruptedIOException {
    if (cancelled) {
      throw new InterruptedIOException("out of time");
    }
  }

  private synchronized void count(long bytes) throws LimitExceeded {
    received += bytes;
    if (received > limit) {
      throw new LimitExceeded("the server sent more than is allowed", limit + " bytes");
    }
  }
}
