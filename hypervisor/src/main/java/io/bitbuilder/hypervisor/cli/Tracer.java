package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Answer;
import io.bitbuilder.hypervisor.network.End;
import io.bitbuilder.hypervisor.network.Packet;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.network.Trace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Answers questions about packets of one tenant, by what is applied on this host, or by what would
 * be.
 */
final class Tracer {
  private final TenantState tenant;
  private final Optional<Compiled> planned;
  private final HostState host;
  private final List<String> uplinks;
  private final Trace trace;
  private final Routes routes;
  private final SortedMap<TenantId, List<String>> missing = new TreeMap<>();
  private final Set<String> unread = new LinkedHashSet<>();

  /**
   * Reads the rules of all tenants of a host.
   *
   * @param planned what the tenant would become, to ask about that instead
   */
  Tracer(TenantState tenant, Optional<Compiled> planned, HostState host, Context context)
      throws IOException {
    this.tenant = tenant;
    this.planned = planned;
    this.host = host;
    this.uplinks = Uplinks.read(context.root(), unread);
    this.trace = new Trace(Set.copyOf(uplinks));
    this.routes = new Routes(context.commands());
    for (TenantState one : host.tenants().values()) {
      add(one, context);
    }
  }

  private void add(TenantState one, Context context) throws IOException {
    List<String> why = new ArrayList<>();
    Optional<Compiled> wish = wish(one);
    String text =
        wish.isPresent()
            ? text(wish.get())
            : NetworkView.rules(one, context, why).map(NetworkView.Rules::text).orElse("");
    try {
      trace.add(
          one.id(),
          wish.map(Compiled::topology).orElseGet(() -> topology(one)),
          guests(one).stream()
              .filter(guest -> !guest.bridge().isEmpty())
              .map(Tracer::guest)
              .toList(),
          text);
    } catch (IllegalArgumentException e) {
      why.add("rules: " + Quote.escape(String.valueOf(e.getMessage()), 400));
    }
    missing.put(one.id(), why);
  }

  private Optional<Compiled> wish(TenantState one) {
    return one.id().equals(tenant.id()) ? planned : Optional.empty();
  }

  private static String text(Compiled compiled) {
    return compiled.tree().nodes().get("firewall.nft") instanceof FileTree.Text(String text)
        ? text
        : "";
  }

  private static Topology topology(TenantState one) {
    return one.current().map(current -> current.manifest().topology()).orElse(Topology.NONE);
  }

  /** The containers and machines of a tenant, or those it would have. */
  private List<Compiled.Resource> guests(TenantState one) {
    return wish(one)
        .map(compiled ->
            compiled.resources().stream()
                .filter(guest -> guest.kind() != Compiled.Resource.Kind.SCRIPT)
                .toList())
        .orElseGet(one::guests);
  }

  private static End.Guest guest(Compiled.Resource resource) {
    Compiled.Resource.Port port = resource.port();
    return new End.Guest(
        resource.name().value(),
        port.network(),
        port.bridge(),
        port.link(),
        port.address(),
        port.address6());
  }

  /**
   * What became of a question.
   *
   * @param from who sends, as people read it, and {@code to}
   * @param others addresses outside for which it is not so, by range
   * @param notes what to know of the answer
   */
  record Traced(
      Question question,
      Who from,
      Who to,
      Answer answer,
      Map<AddressRange, Answer> others,
      List<String> notes) {}

  /**
   * One side of a packet.
   *
   * @param name as people write it
   * @param address empty for any
   */
  record Who(String name, String address) {
    /** Both, where there are both. */
    String text() {
      return address.isEmpty() || name.equals(address) ? name : name + " (" + address + ")";
    }
  }

  /** Who a name is, and its address, which may stand for any of them. */
  private record Side(End end, AddressRange address, String name, boolean certain) {
    Who who(AddressRange used) {
      return new Who(name, certain || !used.equals(address) ? used.toString() : "");
    }
  }

  /** A question that cannot be answered. */
  static final class Unanswerable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String help;

    Unanswerable(String message, String help) {
      super(message);
      this.help = help;
    }

    String help() {
      return help;
    }
  }

  /** Answers one. */
  Traced ask(Question question) throws IOException, Unanswerable {
    Optional<End.OfGuest> sender = guest(question.from());
    Optional<End.OfGuest> receiver = guest(question.to());
    List<String> notes = new ArrayList<>();
    Set<TenantId> involved = new TreeSet<>(Set.of(tenant.id()));
    for (Optional<End.OfGuest> guest : List.of(sender, receiver)) {
      guest.flatMap(this::isDown).ifPresent(notes::add);
      guest.ifPresent(one -> involved.add(one.tenant()));
    }
    involved.forEach(id ->
        missing.getOrDefault(id, List.of()).forEach(why -> notes.add("tenant " + id + ": " + why)));
    Side to = receiver(question, sender, receiver);
    Side from = sender(question, sender, receiver, to);
    AddressRange source = question.source().orElse(from.address());
    Answer answer = trace.ask(from.end(), to.end(), packet(question, source, to.address()));
    Map<AddressRange, Answer> others =
        new Others(trace, tenant.id(), question)
            .than(answer, from.end(), source, to.end(), to.address());
    notes.addAll(unread);
    return new Traced(question, from.who(source), to.who(to.address()), answer, others, notes);
  }

  static Packet packet(Question question, AddressRange from, AddressRange to) {
    return new Packet(from, to, question.protocol(), question.port());
  }

  private Optional<String> isDown(End.OfGuest guest) {
    return Optional.ofNullable(host.tenants().get(guest.tenant()))
        .filter(of -> wish(of).isEmpty())
        .flatMap(of ->
            of.guests().stream()
                .filter(one -> one.name().value().equals(guest.member().name()))
                .filter(one -> !of.isUp(one))
                .findFirst()
                .map(one -> of.id() + "/" + one.name() + " is " + of.activeState(one)));
  }

  /** The container or machine that is named, not one that has an address. */
  private Optional<End.OfGuest> guest(Question.Name name) throws Unanswerable {
    if (!(name instanceof Question.Name.Guest(var of, var guest))) {
      return Optional.empty();
    }
    TenantState owner = of.isEmpty() ? tenant : named(of.get());
    List<String> known = new ArrayList<>();
    for (Compiled.Resource resource : guests(owner)) {
      if (resource.name().equals(guest)) {
        if (resource.bridge().isEmpty()) {
          throw new Unanswerable(
              resource.kind().word() + " `" + owner.id() + "/" + guest + "` is in no network", "");
        }
        return Optional.of(new End.OfGuest(owner.id(), guest(resource)));
      }
      known.add(resource.name().value());
    }
    throw new Unanswerable(
        "tenant `" + owner.id() + "` has no container or machine `" + guest + "`",
        Similar.to(guest.value(), known)
            .map(similar -> "a similar name exists: " + similar)
            .orElse("`bitbuilder network " + owner.id() + "` lists them"));
  }

  private TenantState named(String id) throws Unanswerable {
    TenantState found = TenantId.isValid(id) ? host.tenants().get(new TenantId(id)) : null;
    if (found == null) {
      throw new Unanswerable("no tenant " + Quote.quote(id), "`bitbuilder tenants` lists them");
    }
    return found;
  }

  private Side sender(
      Question question, Optional<End.OfGuest> sender, Optional<End.OfGuest> receiver, Side to)
      throws IOException, Unanswerable {
    boolean six = question.six();
    return switch (question.from()) {
      case Question.Name.Guest _ -> side(sender.orElseThrow(), six, isLinkLocal(to.address()));
      case Question.Name.Outside _ -> outside(six);
      case Question.Name.Host _ -> host(six, receiver);
      case Question.Name.Gateway _ -> gateway(six, receiver);
      case Question.Name.Address(var address) -> {
        Optional<End> known = trace.whereabouts().end(address);
        // Somebody beyond the host is where the answers would go.
        End end =
            known.isPresent()
                ? known.get()
                : end(
                    receiver.isPresent()
                        ? route(receiver.get(), to.address(), address)
                        : route(address));
        yield new Side(end, address, name(end, address), true);
      }
    };
  }

  private Side receiver(
      Question question, Optional<End.OfGuest> sender, Optional<End.OfGuest> receiver)
      throws IOException, Unanswerable {
    boolean six = question.six();
    return switch (question.to()) {
      case Question.Name.Guest _ -> side(receiver.orElseThrow(), six, false);
      case Question.Name.Outside _ -> outside(six);
      case Question.Name.Host _ -> host(six, Optional.empty());
      case Question.Name.Gateway _ -> gateway(six, sender);
      case Question.Name.Address(var address) -> {
        End end = sender.isPresent() ? seenBy(sender.get(), address) : seenByOthers(address);
        yield new Side(end, address, name(end, address), true);
      }
    };
  }

  /** What an address is to a guest that sends there. */
  private End seenBy(End.OfGuest sender, AddressRange address) throws IOException {
    if (isLoopback(address)) {
      return sender;
    }
    Optional<End> known = trace.whereabouts().end(address);
    if (isLinkLocal(address)) {
      boolean near =
          known
              .filter(end ->
                  end instanceof End.OfGuest other
                      && other.member().bridge().equals(sender.member().bridge()))
              .isPresent();
      return near ? known.orElseThrow() : onLink(sender.member().bridge(), address);
    }
    return known.isPresent()
        ? known.get()
        : end(route(sender, side(sender, address.six(), false).address(), address));
  }

  private End onLink(String bridge, AddressRange address) throws IOException {
    return ip(() -> routes.on(bridge, address)) instanceof Routes.Route.Here
        ? new End.OfHost()
        : new End.Nobody(bridge);
  }

  private End seenByOthers(AddressRange address) throws IOException {
    Optional<End> known = trace.whereabouts().end(address);
    return known.isPresent() ? known.get() : end(route(address));
  }

  private static boolean isLoopback(AddressRange address) {
    return address.six() ? address.toString().equals("::1") : address.toString().startsWith("127.");
  }

  private static boolean isLinkLocal(AddressRange address) {
    return address.six() && address.toString().startsWith("fe80:");
  }

  private Side side(End.OfGuest guest, boolean six, boolean linkLocal) {
    AddressRange address =
        linkLocal
            ? trace.whereabouts().addresses(guest, true).stream()
                .filter(Tracer::isLinkLocal)
                .findFirst()
                .orElseGet(() -> address(guest, true))
            : address(guest, six);
    return new Side(guest, address, guest.tenant() + "/" + guest.member().name(), true);
  }

  private static AddressRange address(End.OfGuest guest, boolean six) {
    return AddressRange.parse(six ? guest.member().address6() : guest.member().address())
        .orElseGet(() -> unspecified(six));
  }

  /** Stands for an address of the host that we need not know. */
  private static AddressRange unspecified(boolean six) {
    return AddressRange.parse(six ? "::" : "0.0.0.0").orElseThrow();
  }

  private Side outside(boolean six) {
    String link = uplinks.isEmpty() ? "" : uplinks.getFirst();
    return new Side(
        new End.Beyond(link), trace.whereabouts().outsider(tenant.id(), six), "outside", false);
  }

  private Side host(boolean six, Optional<End.OfGuest> near) {
    Optional<AddressRange> address =
        near.flatMap(guest -> trace.whereabouts().gateway(guest.member().bridge(), six));
    return new Side(
        new End.OfHost(), address.orElseGet(() -> unspecified(six)), "host", address.isPresent());
  }

  private Side gateway(boolean six, Optional<End.OfGuest> near) throws Unanswerable {
    Optional<AddressRange> address =
        near.flatMap(guest -> trace.whereabouts().gateway(guest.member().bridge(), six));
    if (address.isEmpty()) {
      throw new Unanswerable(
          "`gateway` is the host in the network of a guest, and there is none on the other side",
          "name a container or machine there, or an address here");
    }
    return new Side(new End.OfHost(), address.get(), "gateway", true);
  }

  private static String name(End end, AddressRange address) {
    return switch (end) {
      case End.OfGuest guest -> guest.tenant() + "/" + guest.member().name();
      case End.OfHost _ -> "host";
      case End.Beyond _, End.Elsewhere _, End.Nobody _ -> address.toString();
    };
  }

  private End end(Routes.Route route) {
    return switch (route) {
      case Routes.Route.Here _ -> new End.OfHost();
      case Routes.Route.Out(String link) ->
          trace.whereabouts().isNetwork(link) ? new End.Nobody(link) : new End.Beyond(link);
      case Routes.Route.None _ -> new End.Beyond("");
    };
  }

  private Routes.Route route(AddressRange address) throws IOException {
    return ip(() -> routes.to(address));
  }

  private Routes.Route route(End.OfGuest guest, AddressRange own, AddressRange other)
      throws IOException {
    return ip(() -> routes.through(guest.member().bridge(), own, other));
  }

  /** Asks the kernel; where that is not possible, whatever is not of a tenant is outside. */
  private Routes.Route ip(Asking asking) {
    try {
      return asking.ask();
    } catch (IOException e) {
      unread.add("routes: " + Quote.escape(String.valueOf(e.getMessage()), 400));
      return uplinks.isEmpty() ? new Routes.Route.None() : new Routes.Route.Out(uplinks.getFirst());
    }
  }

  private interface Asking {
    Routes.Route ask() throws IOException;
  }
}
