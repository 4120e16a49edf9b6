using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeeseeksBox.Bench;

/// <summary>Memory and time per operation, by the number of ended jobs in the table.</summary>
internal static class TableSize
{
    /// <summary>The numbers of jobs without others.</summary>
    public static int[] Usual { get; } = [1000, 10_000, 100_000];

    public static async Task<int> RunAsync(int[] sizes)
    {
        Rounds.Print($"managed heap for a job like those of the file: {TableHeap.BytesAJob(sizes[^1], JobText):N0} bytes");
        Rounds.Print(
            $"table {"jobs",9} {"filled by",-10} {"start",7} {"VmRSS",7} {"submit",9} {"p99",7} {"query",9} {"get newest",11} "
            + $"{"ls all",9} {"get all",9} {"pieces",9} {"others",7} {"VmRSS",7}");
        Rounds.Print(
            $"      {"",9} {"",-10} {"s",7} {"MB",7} {"µs",9} {"µs",7} {"µs",9} {"µs",11} "
            + $"{"ms",9} {"ms",9} {"ms",9} {"ms",7} {"MB",7}");
        var submits = new List<double>();
        foreach (var size in sizes)
        {
            var file = Path.Combine(Path.GetTempPath(), $"meeseeks-bench-{Guid.NewGuid():N}.json");
            try
            {
                await WriteStateAsync(file, size);
                var begin = Stopwatch.GetTimestamp();
                using var daemon = await Daemon.StartAsync("pools.p.slots=2", $"state.file={file}", "state.checkpoint=0");
                submits.Add(await MeasureAsync(daemon, size, "file", Rounds.Show(Stopwatch.GetElapsedTime(begin).TotalSeconds)));
            }
            finally
            {
                Array.ForEach(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(file) + "*"), File.Delete);
            }
        }

        foreach (var size in sizes)
        {
            using var daemon = await Daemon.StartAsync("pools.p.slots=2");
            await FillAsync(daemon, size);
            _ = await MeasureAsync(daemon, size, "submits", "");
        }

        Rounds.Print($"a submit with {sizes[^1]:N0} jobs of a file, by one with {sizes[0]:N0}: ratio {submits[^1] / submits[0]:0.00}");
        return 0;
    }

    // Ended jobs with output, a tag, and all attributes of a run.
    private static string JobText(int number) => JobText(number, $"{Guid.CreateVersion7()}");

    private static string JobText(int number, string id)
    {
        var start = 1767225600.123456 + number;
        return string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"id":"{{id}}","pool":"p","args":["/bin/echo","hello","{{number}}"]""")
            + ""","node":"bench","submit_node":"bench" """
            + string.Create(
                CultureInfo.InvariantCulture,
                $$""","state":"done","active":false,"ts":{{start + 1}},"seq":{{number}},"submit_ts":{{start}}""")
            + ""","start_count":1,"fail_count":0"""
            + string.Create(
                CultureInfo.InvariantCulture,
                $$""","start_ts":{{start}},"end_ts":{{start + 1}},"pid":null,"rc":0,"error":null,"stdout_data":"aGVsbG8gd29ybGQK" """)
            + ""","stderr_data":null,"tags":["night"]}""";
    }

    private static async Task WriteStateAsync(string file, int size)
    {
        await using var writer = new StreamWriter(file);
        await writer.WriteAsync("{\n");
        for (var i = 1; i <= size; i++)
        {
            var id = $"{Guid.CreateVersion7()}";
            await writer.WriteAsync($"{(i > 1 ? ",\n" : "")}\"{id}\":{JobText(i, id)}");
        }

        await writer.WriteAsync("\n}");
    }

    private static async Task FillAsync(Daemon daemon, int size)
    {
        using var client = await daemon.ConnectAsync();
        var line = Encoding.UTF8.GetBytes("""[{"submit":{"pool":"p","args":["/no/such/program","hello"],"tags":["night"]}}]""" + "\n");
        await client.PipelineAsync(line, size, 1024);
        while (client.Ask("""[{"ls":{"state":["new","running"]}}]""")[0].GetProperty("ls").GetArrayLength() > 0)
            await Task.Delay(200);
    }

    // Returns the median of a submit.
    private static async Task<double> MeasureAsync(Daemon daemon, int size, string filledBy, string start)
    {
        var resident = daemon.Process.ResidentMegabytes;
        using var client = await daemon.ConnectAsync();
        var id = Held(client);
        var (submit, late) = Microseconds(client, """[{"submit":{"pool":"p","args":["/bin/true"],"hold":true}}]""", 2000);
        var (query, _) = Microseconds(client, $$"""[{"query":"{{id.GetProperty("id").GetString()}}"}]""", 2000);
        var seq = Held(client);
        var (newest, _) = Microseconds(client, $$$"""[{"get":{"seq":{{{seq.GetProperty("seq").GetInt64() - 1}}}}}]""", 2000);
        var ids = Microseconds(client, """[{"ls":{}}]""", 5).Median / 1000;
        var all = Microseconds(client, """[{"get":{}}]""", 5).Median / 1000;
        var (pieces, others) = await ReadPiecesAsync(daemon, client);
        Rounds.Print(
            $"      {size,9:N0} {filledBy,-10} {start,7} {Rounds.Show(resident),7} {Rounds.Show(submit),9} {Rounds.Show(late),7} "
            + $"{Rounds.Show(query),9} {Rounds.Show(newest),11} {Rounds.Show(ids),9} {Rounds.Show(all),9} "
            + $"{Rounds.Show(pieces),9} {Rounds.Show(others),7} {Rounds.Show(daemon.Process.ResidentMegabytes),7}");
        return submit;
    }

    // All jobs in pieces of 1 MiB, and the 99th percentile of the queries of another client meanwhile; both in milliseconds.
    private static async Task<(double Pieces, double Others)> ReadPiecesAsync(Daemon daemon, LineClient client)
    {
        using var other = await daemon.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var queries = Task.Run(
            () =>
            {
                var figures = new List<double>();
                do
                    figures.Add(Microseconds(other, """[{"query":"nosuch"}]""", 1).Median / 1000);
                while (!stop.IsCancellationRequested);

                figures.Sort();
                return figures[figures.Count * 99 / 100];
            },
            CancellationToken.None);
        var begin = Stopwatch.GetTimestamp();
        for (long? seq = 0; seq is { } after;)
        {
            var request = string.Create(CultureInfo.InvariantCulture, $$$"""[{"get":{"seq":{{{after}}}},"options":{"limit":1048576}}]""");
            seq = EndOfPiece(client.Ask(Encoding.UTF8.GetBytes(request + "\n")).Span);
        }

        var pieces = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        await stop.CancelAsync();
        return (pieces, await queries);
    }

    // The number of change of a piece that is not the last; null for the last. A parse of the answer would take longer than the box.
    private static long? EndOfPiece(ReadOnlySpan<byte> answer)
    {
        var begin = answer.LastIndexOf("},\"seq\":"u8) + "},\"seq\":".Length;
        var length = answer[begin..].IndexOf((byte)',');
        return answer[(begin + length)..].StartsWith(",\"more\":true"u8)
            ? long.Parse(answer.Slice(begin, length), CultureInfo.InvariantCulture)
            : null;
    }

    private static JsonElement Held(LineClient client)
    {
        var answer = client.Ask("""[{"submit":{"pool":"p","args":["/bin/true"],"hold":true}}]""");
        return answer[0].GetProperty("submit").EnumerateObject().First().Value;
    }

    // The median of many, which excludes pauses of the collector and of the machine.
    private static (double Median, double Late) Microseconds(LineClient client, string request, int count)
    {
        var line = Encoding.UTF8.GetBytes(request + "\n");
        var figures = new double[count];
        for (var i = 0; i < count; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            _ = client.Ask(line);
            figures[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }

        Array.Sort(figures);
        return (Rounds.Median(figures), figures[figures.Length * 99 / 100]);
    }
}
