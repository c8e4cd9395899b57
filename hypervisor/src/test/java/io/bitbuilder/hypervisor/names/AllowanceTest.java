package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AllowanceTest {
  private static final long SECOND = 1_000_000_000;
  private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("10.0.0.2");

  private final AtomicLong now = new AtomicLong(-5 * SECOND);

  private static int taken(Allowance allowance, InetAddress who, int wanted) {
    int taken = 0;
    for (int i = 0; i < wanted; i++) {
      taken += allowance.take(who) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void soManyAtOnceAndThenSoManyASecond() {
    Allowance allowance = new Allowance(100, 250, now::get);
    assertThat(taken(allowance, ONE, 1000)).isEqualTo(250);
    assertThat(taken(allowance, TWO, 1000)).isEqualTo(250);
    assertThat(taken(allowance, ONE, 10)).isZero();
    now.addAndGet(SECOND / 10);
    assertThat(taken(allowance, ONE, 1000)).isEqualTo(10);
    now.addAndGet(SECOND);
    assertThat(taken(allowance, ONE, 1000)).isEqualTo(100);
    // A year later it is no more than at first.
    now.addAndGet(SECOND * 86_400 * 365);
    assertThat(taken(allowance, ONE, 1000)).isEqualTo(250);
  }

  @Test
  void thoseWhoWereSilentLongestAreForgotten() {
    Allowance allowance = new Allowance(1, 1, now::get);
    assertThat(taken(allowance, ONE, 2)).isEqualTo(1);
    for (int i = 0; i < 5000; i++) {
      allowance.take(InetAddress.ofLiteral("10.1." + i / 256 + "." + i % 256));
    }
    assertThat(taken(allowance, ONE, 2)).isEqualTo(1);
  }

  /** In no stretch of time is it more than is given. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void itIsNeverMore(long seed) {
    Random random = new Random(seed);
    long perSecond = 1L + random.nextInt(1000);
    long atOnce = 1L + random.nextInt(1000);
    Allowance allowance = new Allowance(perSecond, atOnce, now::get);
    long start = now.get();
    long taken = 0;
    for (int i = 0; i < 100_000; i++) {
      now.addAndGet(random.nextInt(3_000_000));
      taken += allowance.take(ONE) ? 1 : 0;
      double most = atOnce + perSecond * (double) (now.get() - start) / SECOND;
      assertThat((double) taken).isLessThanOrEqualTo(most + 1e-6);
    }
    assertThat(taken).isGreaterThan(atOnce);
  }
}
