package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The disk of a machine survives whatever happens while it is made. The helper is killed before
 * each of its commands in turn, and then run once more, as the next start of the machine does.
 */
@Tag("scenario")
final class DiskScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("disk");

  private static final String PREPARE =
      """
      set -eu
      images=/var/lib/bitbuilder/images
      d() { printf "$1%.0s" $(seq 64); }
      A=$(d a) B=$(d b) K=$(d c) I=$(d d)
      for image in "$A.raw" "$B.raw" "$K.file" "$I.file"; do head -c 300000 /dev/urandom >"$images/$image"; done
      export DIRECTORY=/var/lib/tenants/t/machines/m UIDBASE=1879048192
      export PATH=/usr/sbin:/usr/bin
      disk() { /usr/lib/bitbuilder/machine-disk; }
      killed() { # N: dies before its Nth command; 0 when it had fewer
        bash -c 'set -T; n=0; trap "n=\\$((n+1)); [ \\$n != $1 ] || kill -KILL \\$\\$" DEBUG
          . /usr/lib/bitbuilder/machine-disk' bash "$1"
      }
      is() { cmp -n 300000 "$DIRECTORY/$1" "$images/$2"; }
      marked() { [ "$(tail -c 4 "$1" 2>/dev/null)" = mark ]; }
      clean() { [ -z "$(find "$DIRECTORY" -name '*.new' -o -name complete)" ]; }
      """;

  private final Host host = SCENE.host();

  @Test
  void aNewDiskIsMadeWholeHoweverOftenItIsCutShort() {
    String steps =
        host.sh(
            PREPARE
                + """
                export IMAGE=$A DISK=400000 VOLUMES="data:5000 ref:6000"
                n=1
                while rm -rf "$DIRECTORY"; ! killed $n >/dev/null 2>&1; do
                  [ ! -e "$DIRECTORY/disk.raw" ] || is disk.raw "$A.raw"
                  disk >/dev/null
                  is disk.raw "$A.raw"
                  clean
                  [ "$(stat -c '%s %u %a' "$DIRECTORY/disk.raw")" = '400000 1879048192 600' ]
                  [ "$(stat -c '%s %u' "$DIRECTORY/volumes/data.raw")" = '5000 1879048192' ]
                  [ "$(stat -c '%U %a' "$DIRECTORY")" = 'root 755' ]
                  n=$((n + 1))
                done
                echo $n\
                """);
    assertThat(Integer.parseInt(steps)).isGreaterThan(30);
  }

  @Test
  void aReplacedDiskIsThereBeforeAndAfter() {
    String steps =
        host.sh(
            PREPARE
                + """
                export DISK=300000
                n=1
                while
                  rm -rf "$DIRECTORY"
                  IMAGE=$A disk >/dev/null
                  printf mark >>"$DIRECTORY/disk.raw"
                  echo variables >"$DIRECTORY/state/efi"
                  export IMAGE=$B REPLACE=r KERNEL=$K INITRD=$I KERNEL_OPTIONS='quiet root=x'
                  ! killed $n >/dev/null 2>&1
                do
                  marked "$DIRECTORY/disk.raw" || marked "$DIRECTORY/previous.raw"
                  disk >/dev/null
                  is disk.raw "$B.raw"
                  marked "$DIRECTORY/previous.raw"
                  clean
                  is config/kernel "$K.file"
                  is config/initrd "$I.file"
                  grep -qx 'KERNEL_COMMAND_LINE=quiet root=x' "$DIRECTORY/config/boot"
                  [ ! -e "$DIRECTORY/state/efi" ]
                  # And no other time for the same word.
                  printf mark >>"$DIRECTORY/disk.raw"
                  disk >/dev/null
                  marked "$DIRECTORY/disk.raw"
                  unset REPLACE KERNEL INITRD KERNEL_OPTIONS
                  n=$((n + 1))
                done
                echo $n\
                """);
    assertThat(Integer.parseInt(steps)).isGreaterThan(30);
  }

  @Test
  void aDiskNeverShrinksAndAnotherImageChangesNothing() {
    assertThat(
            host.sh(
                PREPARE
                    + """
                    rm -rf "$DIRECTORY"
                    IMAGE=$A DISK=400000 disk
                    IMAGE=$B DISK=350000 disk
                    is disk.raw "$A.raw"
                    stat -c %s "$DIRECTORY/disk.raw"\
                    """))
        .contains("a disk never shrinks")
        .endsWith("400000");
    // A disk somebody brought along is taken as it is.
    host.sh(
        PREPARE
            + """
            rm -rf "$DIRECTORY"
            mkdir -p "$DIRECTORY"
            echo brought >"$DIRECTORY/disk.raw"
            IMAGE=$B REPLACE=x disk
            grep -qx brought "$DIRECTORY/disk.raw"\
            """);
  }

  @Test
  void aDiskThatDoesNotFitLeavesNothingBehind() {
    host.sh(
        PREPARE
            + """
            rm -rf "$DIRECTORY"
            mkdir -p "$DIRECTORY"
            mount -t tmpfs -o size=200k none "$DIRECTORY"
            if IMAGE=$A disk; then exit 1; fi
            [ ! -e "$DIRECTORY/disk.raw" ]
            [ ! -e "$DIRECTORY/disk.new" ]
            umount "$DIRECTORY"
            if IMAGE=$(d e) disk; then exit 1; fi
            [ ! -e "$DIRECTORY/disk.raw" ]\
            """);
  }

  @Test
  void theSeedIsTheSameForTheSameFiles() {
    assertThat(
            host.sh(
                PREPARE
                    + """
                    rm -rf "$DIRECTORY"
                    layer=/var/lib/bitbuilder/generations/layers/$(d f)
                    mkdir -p "$layer"
                    printf '#cloud-config\\n' >"$layer/user-data"
                    printf 'local-hostname: mine\\n' >"$layer/meta-data"
                    export IMAGE=$A SEED=$(d f) INSTANCE=0123-45 HOST=db
                    disk
                    cp "$DIRECTORY/config/seed" /root/seed
                    touch "$layer/user-data"
                    disk
                    cmp "$DIRECTORY/config/seed" /root/seed
                    mlabel -s -i /root/seed
                    mtype -i /root/seed ::meta-data\
                    """))
        .contains("CIDATA", "instance-id: 0123-45\nlocal-hostname: mine")
        .doesNotContain("hostname: db");
  }
}
