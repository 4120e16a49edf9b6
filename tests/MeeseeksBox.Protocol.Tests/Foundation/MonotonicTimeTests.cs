using CsCheck;
using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>A clock that nobody sets.</summary>
public sealed class MonotonicTimeTests
{
    private static readonly Gen<long> Frequencies = Gen.OneOf(Gen.Const(10_000_000L), Gen.Const(1_000_000_000L));
    private static readonly Gen<long> Timestamps = Gen.Long[0, 900_000_000_000_000_000];

    [Fact]
    public void Two_readings_differ_by_what_has_passed_however_long_the_clock_has_run() =>
        Gen.Select(Frequencies, Timestamps, Gen.Long[0, 1_000_000_000_000]).Sample((frequency, begun, ticks) =>
        {
            var clock = new Clock(frequency) { Timestamp = begun };
            var first = clock.MonotonicTicks();
            clock.Timestamp += ticks * (frequency / TimeSpan.TicksPerSecond);

            return clock.MonotonicTicks() - first == ticks;
        });

    private sealed class Clock(long frequency) : TimeProvider
    {
        public long Timestamp { get; set; }

        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => Timestamp;
    }
}
