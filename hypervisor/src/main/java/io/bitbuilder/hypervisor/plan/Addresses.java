package io.bitbuilder.hypervisor.plan;

import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The addresses of one network: the first is the host's, the last is for broadcast, those between
 * are handed out lowest first. One that a guest left behind is given away when no other is left.
 */
final class Addresses {
  private final Part part;
  private final SortedMap<Long, String> holders = new TreeMap<>();

  /**
   * Takes what guests had; what does not lie in the subnet, or is held by another guest already, is
   * dropped.
   *
   * @param part what this host hands out
   * @param had addresses by guest uid
   */
  Addresses(Part part, SortedMap<String, String> had) {
    this.part = part;
    had.forEach((guest, text) -> {
      long address = Subnet.parseAddress(text);
      if (part.contains(address)) {
        holders.putIfAbsent(address, guest);
      }
    });
  }

  /**
   * Gives a guest its address.
   *
   * @param declared guests whose addresses are not given away
   * @return empty when there is none left
   */
  Optional<String> allocate(String guest, Set<String> declared) {
    for (Map.Entry<Long, String> entry : holders.entrySet()) {
      if (entry.getValue().equals(guest)) {
        return Optional.of(Subnet.format(entry.getKey()));
      }
    }
    long address = free();
    if (address == last()) {
      Iterator<Map.Entry<Long, String>> entries = holders.entrySet().iterator();
      while (entries.hasNext() && address == last()) {
        Map.Entry<Long, String> entry = entries.next();
        if (!declared.contains(entry.getValue())) {
          address = entry.getKey();
        }
      }
    }
    if (address == last()) {
      return Optional.empty();
    }
    holders.put(address, guest);
    return Optional.of(Subnet.format(address));
  }

  /** Who holds which address. */
  SortedMap<String, String> byGuest() {
    SortedMap<String, String> result = new TreeMap<>();
    holders.forEach((address, guest) -> result.put(guest, Subnet.format(address)));
    return result;
  }

  private long free() {
    long address = part.first();
    while (address < last() && holders.containsKey(address)) {
      address++;
    }
    return address;
  }

  private long last() {
    return part.end();
  }
}
