#!/usr/bin/perl
# A client of name servers, for scenarios; what perl-base has is enough.
#   dns.pl ask SERVER udp|tcp NAME TYPE     one question: the code of the answer, and its addresses or names
#   dns.pl burst SERVER NAME COUNT          all at once: how many were answered, and microseconds: half, 99 of 100, all within
#   dns.pl one-by-one SERVER NAME COUNT [SECONDS]  the same, each after the answer to the one before, which is waited for so long
#   dns.pl flood SERVER SECONDS             nonsense, as fast as it goes: how many messages
#   dns.pl serve ADDRESS NAME=ADDRESS...    answers by UDP and TCP; of a name with the word long in it, more than a datagram takes
use strict;
use warnings;
use Socket qw(inet_aton inet_ntoa inet_ntop inet_pton AF_INET AF_INET6 SOCK_DGRAM SOCK_STREAM pack_sockaddr_in pack_sockaddr_in6);
use IO::Select;
use Time::HiRes qw(time);

my %number = (A => 1, NS => 2, SOA => 6, PTR => 12, TXT => 16, AAAA => 28);

sub place { my ($server) = @_; return $server =~ /:/ ? (AF_INET6, pack_sockaddr_in6(53, inet_pton(AF_INET6, $server))) : (AF_INET, pack_sockaddr_in(53, inet_aton($server))); }
sub connected {
	my ($server, $kind) = @_;
	my ($family, $where) = place($server);
	socket(my $socket, $family, $kind, 0) or die "socket: $!";
	setsockopt($socket, Socket::SOL_SOCKET(), Socket::SO_RCVBUF(), 4 << 20);
	local $SIG{ALRM} = sub { die "timed out\n" };
	alarm 10;
	connect($socket, $where) or die "connect: $!\n";
	alarm 0;
	binmode $socket;
	return $socket;
}
sub wire { return join('', map { chr(length $_) . $_ } split(/\./, $_[0])) . "\0"; }
sub query { my ($id, $name, $type) = @_; return pack('n6', $id, 0x0100, 1, 0, 0, 0) . wire($name) . pack('nn', $number{$type}, 1); }
sub name_at {
	my ($message, $at) = @_;
	my ($name, $after) = ('', undef);
	while (my $length = ord substr($message, $at, 1)) {
		if ($length >= 192) { $after //= $at + 2; $at = unpack('n', substr($message, $at, 2)) & 0x3fff; next; }
		$name .= substr($message, $at + 1, $length) . '.';
		$at += 1 + $length;
	}
	return ($name, $after // $at + 1);
}
sub said {
	my ($message) = @_;
	my ($id, $flags, $questions, $answers) = unpack 'n4', $message;
	return 'cut' if $flags & 0x0200;
	my (undef, $at) = name_at($message, 12);
	$at += 4;
	my @data;
	for (1 .. $answers) {
		(undef, $at) = name_at($message, $at);
		my ($type, undef, undef, $length) = unpack 'nnNn', substr($message, $at, 10);
		$at += 10;
		my $data = substr $message, $at, $length;
		push @data, $type == 1 ? inet_ntoa($data) : $type == 28 ? inet_ntop(AF_INET6, $data) : (name_at($message, $at))[0] if $type == 1 || $type == 28 || $type == 12;
		$at += $length;
	}
	return join ' ', $flags & 15, @data;
}
sub all { my ($socket, $length) = @_; my $got = ''; while (length $got < $length) { sysread($socket, $got, $length - length $got, length $got) or die "the connection ended\n"; } return $got; }

my ($verb, $server, @words) = @ARGV;
$| = 1;
if ($verb eq 'ask') {
	my ($protocol, $name, $type) = @words;
	my $message = query(1 + int rand 65535, $name, $type);
	my $socket = connected($server, $protocol eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM);
	my $answer;
	local $SIG{ALRM} = sub { die "no answer\n" };
	alarm 10;
	if ($protocol eq 'tcp') {
		syswrite $socket, pack('n', length $message) . $message;
		$answer = all($socket, unpack 'n', all($socket, 2));
	} else {
		send $socket, $message, 0;
		defined recv($socket, $answer, 4096, 0) or die "no answer: $!\n";
	}
	die "not the answer to this question\n" unless substr($answer, 0, 2) eq substr $message, 0, 2;
	print said($answer), "\n";
} elsif ($verb eq 'burst') {
	my ($name, $count) = @words;
	my $socket = connected($server, SOCK_DGRAM);
	my (%sent, @took);
	for my $id (1 .. $count) { $sent{$id} = time; send $socket, query($id, $name, 'A'), 0; }
	my $select = IO::Select->new($socket);
	while (%sent && $select->can_read(5)) {
		recv $socket, my $answer, 4096, 0;
		my $id = unpack 'n', $answer;
		push @took, time - delete $sent{$id} if $sent{$id} && said($answer) =~ /^0 /;
	}
	@took = sort { $a <=> $b } @took;
	printf "%d %d %d %d\n", scalar @took, map { 1e6 * $took[$_] } int(@took / 2), int(@took * .99), -1 if @took;
	print "0 0 0 0\n" unless @took;
} elsif ($verb eq 'one-by-one') {
	my ($name, $count, $patience) = @words;
	my $socket = connected($server, SOCK_DGRAM);
	my @took;
	for my $id (1 .. $count) {
		my $start = time;
		send $socket, query($id, $name, 'A'), 0;
		IO::Select->new($socket)->can_read($patience // 5) or next;
		recv $socket, my $answer, 4096, 0;
		push @took, time - $start if said($answer) =~ /^0 /;
	}
	@took = sort { $a <=> $b } @took;
	printf "%d %d %d %d\n", scalar @took, map { 1e6 * $took[$_] } int(@took / 2), int(@took * .99), -1 if @took;
	print "0 0 0 0\n" unless @took;
} elsif ($verb eq 'flood') {
	my $socket = connected($server, SOCK_DGRAM);
	my ($end, $count) = (time + $words[0], 0);
	srand 1;
	while (time < $end) {
		for (1 .. 50) {
			my $message = join '', map { chr int rand 256 } 1 .. int rand 120;
			substr($message, 2, 1) = chr(ord(substr $message, 2, 1) & 7) if length $message > 6;
			send $socket, $message, 0;
			$count++;
		}
	}
	print "$count\n";
} elsif ($verb eq 'serve') {
	my %known = map { split /=/, $_ } @words;
	my ($family, $where) = place($server);
	socket(my $datagrams, $family, SOCK_DGRAM, 0) or die "socket: $!";
	socket(my $stream, $family, SOCK_STREAM, 0) or die "socket: $!";
	setsockopt($stream, Socket::SOL_SOCKET(), Socket::SO_REUSEADDR(), 1);
	bind($datagrams, $where) && bind($stream, $where) && listen($stream, 16) or die "bind: $!";
	my $answer = sub {
		my ($query, $limit) = @_;
		my ($name, $end) = name_at($query, 12);
		print "$name\n";
		my $question = substr $query, 12, $end + 4 - 12;
		my $address = $known{$name} // '';
		# No two of them are the same: such are left out on the way.
		my $count = $address eq '' ? 0 : $name =~ /long/ ? 200 : 1;
		my $body = join '', map { "\xc0\x0c" . pack('nnNnN', 1, 1, 60, 4, $_ + unpack('N', inet_aton($address))) } 0 .. $count - 1;
		my $extended = unpack 'x10n', $query;
		my $head = sub { substr($query, 0, 2) . pack('n5', 0x8180 | $_[1] | ($address eq '' ? 3 : 0), 1, $_[0], 0, $extended) . $question };
		my $tail = $extended ? "\0" . pack('nnNn', 41, 1232, 0, 0) : '';
		my $whole = $head->($count, 0) . $body . $tail;
		return length $whole > ($limit == 512 && $extended ? 1232 : $limit) ? $head->(0, 0x0200) . $tail : $whole;
	};
	my $select = IO::Select->new($datagrams, $stream);
	while (1) {
		for my $socket ($select->can_read) {
			if ($socket == $datagrams) {
				my $from = recv $socket, my $query, 4096, 0;
				send $socket, $answer->($query, 512), 0, $from;
			} else {
				accept(my $connection, $socket) or next;
				eval { my $said = $answer->(all($connection, unpack 'n', all($connection, 2)), 65535); syswrite $connection, pack('n', length $said) . $said; };
			}
		}
	}
}
