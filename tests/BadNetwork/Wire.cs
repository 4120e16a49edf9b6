using System.Diagnostics;

namespace MeeseeksBox.BadNetwork;

/// <summary>A bad wire between two hosts: it delays, loses and reorders the packets of their network devices.</summary>
/// <remarks>It does what the queueing discipline netem of Linux does, which not every kernel has.</remarks>
internal sealed class Wire
{
    // A router drops what is beyond its queue.
    private const int LongestQueue = 200;

    private readonly Conditions _conditions;
    private long _bytes;
    private long _lost;
    private volatile bool _isCut;

    /// <summary>Starts to carry packets between two devices.</summary>
    public Wire(Stream one, Stream other, Conditions conditions, int seed)
    {
        _conditions = conditions;
        new Direction(this, one, other, new Random(seed)).Start();
        new Direction(this, other, one, new Random(seed + 1)).Start();
    }

    /// <summary>True while all packets are lost.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    /// <summary>The number of bytes carried, in both directions.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The number of packets lost.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    private sealed class Direction(Wire wire, Stream from, Stream to, Random random)
    {
        private readonly PriorityQueue<byte[], double> _travelling = new();
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private double _freeAt;

        public void Start()
        {
            new Thread(Receive) { IsBackground = true }.Start();
            new Thread(Deliver) { IsBackground = true }.Start();
        }

        private void Receive()
        {
            var buffer = new byte[64 * 1024];
            while (from.Read(buffer) is var count && count > 0)
            {
                var now = _clock.Elapsed.TotalSeconds;
                lock (_travelling)
                {
                    if (wire.IsCut || random.NextDouble() * 100 < wire._conditions.Loss || _travelling.Count >= LongestQueue)
                    {
                        _ = Interlocked.Increment(ref wire._lost);
                        continue;
                    }

                    _freeAt = Math.Max(_freeAt, now) + (count / wire._conditions.Rate);
                    var overtakes = random.NextDouble() * 100 < wire._conditions.Reorder;
                    var delay = wire._conditions.Delay / 1000 * (overtakes ? 0.5 : 1);
                    _travelling.Enqueue(buffer[..count], _freeAt + delay);
                    Monitor.Pulse(_travelling);
                }
            }
        }

        private void Deliver()
        {
            while (true)
            {
                var due = Next();
                to.Write(due);
                _ = Interlocked.Add(ref wire._bytes, due.Length);
            }
        }

        private byte[] Next()
        {
            lock (_travelling)
            {
                while (true)
                {
                    var pause = _travelling.TryPeek(out _, out var at)
                        ? TimeSpan.FromSeconds(at - _clock.Elapsed.TotalSeconds)
                        : TimeSpan.FromHours(1);
                    if (pause <= TimeSpan.Zero)
                        return _travelling.Dequeue();

                    _ = Monitor.Wait(_travelling, pause + TimeSpan.FromMilliseconds(1));
                }
            }
        }
    }
}
