using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.PowerCut.Checks;
using MeeseeksBox.PowerCut.Recording;
using MeeseeksBox.Testing;

namespace MeeseeksBox.PowerCut;

/// <summary>Three instances of a box with one state: one is killed, the others stop in order.</summary>
/// <param name="folder">The folder of the state.</param>
/// <param name="groups">Number of groups of requests that each client sends to each instance.</param>
/// <param name="seed">The seed of the requests.</param>
internal sealed class Scenario(string folder, int groups, int seed)
{
    private const int Clients = 2;

    private readonly Random _random = new(seed);

    /// <summary>The words of the configuration of the box.</summary>
    /// <param name="folder">The folder of the state.</param>
    public static string[] Words(string folder) =>
    [
        "name=n", "listen.address=127.0.0.1", "listen.port=0", "pools.p.slots=100", "pools.p.restart_delay=0.02", "wait_in_pool=true",
        $"state.file={folder}/{LoadCheck.State}", $"state.history={folder}/{LoadCheck.History}",
        "state.expire=100000", "state.checkpoint=0.2",
    ];

    /// <summary>Plays it.</summary>
    /// <param name="log">The file for the system calls.</param>
    public async Task RunAsync(string log)
    {
        await using var box = new TracedBox(log, Words(folder));
        foreach (var (instance, signal) in new[] { "KILL", "TERM", "TERM" }.Index())
        {
            var (pid, port) = await box.StartAsync();
            var clients = Enumerable.Range(0, Clients)
                .Select(number => new RecordedClient($"i{instance}c{number}", port, new Random(_random.Next()))).ToList();
            await Task.WhenAll(clients.Select(client => client.RunAsync(groups)));

            // The last checkpoint before the end of the instance covers some of the changes, and the journal has the others.
            await CheckpointAsync();
            await Task.WhenAll(clients.Select(client => client.RunAsync(1)));
            await box.EndAsync(pid, signal);
            clients.ForEach(client => client.Dispose());
        }

        await box.CompleteAsync();
        if (box.Log.Split('\n').FirstOrDefault(line => line.StartsWith("ERROR", StringComparison.Ordinal)) is { } error)
            throw new InvalidOperationException($"the recorded box reports an error: {error}");
    }

    private Task CheckpointAsync()
    {
        var file = Path.Combine(folder, LoadCheck.State);
        var before = Written();
        return Wait.Until(() => Written() > before, () => $"{file} is of {before:O}");

        DateTime Written() => File.GetLastWriteTimeUtc(file);
    }

    // Sends groups of requests, whose answers share flushes, and waits for some of its jobs.
    private sealed class RecordedClient(string name, int port, Random random) : IDisposable
    {
        private readonly TcpClient _socket = new(IPAddress.Loopback.ToString(), port) { NoDelay = true };
        private readonly List<string> _ids = [];
        private readonly Dictionary<string, int> _versions = [];
        private StreamReader? _answers;
        private int _count;

        public async Task RunAsync(int groups)
        {
            _answers ??= new StreamReader(_socket.GetStream());
            for (var group = 0; group < groups; group++)
            {
                var requests = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Next()).ToList();
                await _socket.GetStream().WriteAsync(
                    requests.SelectMany(request => JsonSerializer.SerializeToUtf8Bytes(new[] { request }).Append((byte)'\n')).ToArray());
                foreach (var request in requests)
                {
                    var answer = await _answers.ReadLineAsync() ?? throw new IOException("the box has closed the connection");
                    if (answer.Contains("\"error\":", StringComparison.Ordinal) && answer.Contains("\"code\":", StringComparison.Ordinal))
                        throw new InvalidOperationException($"{JsonSerializer.Serialize(request)} was rejected: {answer}");
                }

                if (group % 3 is 2)
                    await EndAsync();
            }
        }

        public void Dispose() => _socket.Dispose();

        private object Next()
        {
            var known = _ids.Count is 0 ? null : _ids[random.Next(_ids.Count)];
            return random.Next(10) switch
            {
                0 or 1 when known is not null => new { kill = known },
                2 when known is not null => new { submit = new { id = known, tags = new[] { NextTag(known) } } },
                3 when known is not null => new
                {
                    modify = new Dictionary<string, object> { [known] = new { tags = new[] { NextTag(known) } } },
                },
                _ => Submit(),
            };
        }

        // Small outputs are in the record, and large ones in files. Some jobs fail and run again, wait for a pool, or run until the end.
        private object Submit()
        {
            var id = $"{name}n{++_count}.{(random.Next(2) is 0 ? random.Next(1, 5) : random.Next(200, 400))}";
            _ids.Add(id);
            var kind = random.Next(8);
            var end = kind is 0 ? "exit 3" : kind is 1 ? "exec sleep 1000" : "exit 0";
            var pool = kind is 2 ? "nowhere" : "p";
            return new { submit = new { id, pool, args = Work.Script(id, end), retries = kind is 0 ? 1 : 0 } };
        }

        private string NextTag(string id) => Promises.TagOf(_versions[id] = _versions.GetValueOrDefault(id) + 1);

        // Waits until all jobs of all clients have a run, as far as there are slots.
        private async Task EndAsync()
        {
            var (last, begin) = ("", Stopwatch.GetTimestamp());
            while (Stopwatch.GetElapsedTime(begin) < Wait.Limit)
            {
                await _socket.GetStream().WriteAsync("[{\"ls\":{\"pool\":\"p\",\"state\":\"new\"}}]\n"u8.ToArray());
                last = await _answers!.ReadLineAsync() ?? throw new IOException("the box has closed the connection");
                if (JsonElement.Parse(last)[0].GetProperty("ls").GetArrayLength() is 0)
                    return;
                await Task.Delay(Wait.PauseAfter(Stopwatch.GetElapsedTime(begin)));
            }

            throw new TimeoutException($"jobs do not start: {last}");
        }
    }
}
