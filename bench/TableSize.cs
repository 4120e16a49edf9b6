using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeeseeksBox.Bench;

/// <summary>Memory and time per operation, by the number of ended jobs in the table.</summary>
internal static class TableSize
{
    private static readonly int[] Sizes = [1000, 10_000, 100_000];

    public static async Task<int> RunAsync()
    {
        Rounds.Print($"managed heap for a job like those of the file: {TableHeap.BytesAJob(Sizes[^1], JobText):N0} bytes");
        Rounds.Print(
            $"table {"jobs",8} {"filled by",-10} {"VmRSS",7} {"submit",9} {"query",9} {"get newest",11} {"ls all",9} {"get all",9} "
            + $"{"VmRSS",7}");
        Rounds.Print($"      {"",8} {"",-10} {"MB",7} {"µs",9} {"µs",9} {"µs",11} {"ms",9} {"ms",9} {"MB",7}");
        foreach (var size in Sizes)
        {
            var file = Path.Combine(Path.GetTempPath(), $"meeseeks-bench-{Guid.NewGuid():N}.json");
            try
            {
                await WriteStateAsync(file, size);
                using var daemon = await Daemon.StartAsync("pools.p.slots=2", $"state.file={file}", "state.checkpoint=0");
                await MeasureAsync(daemon, size, "file");
            }
            finally
            {
                Array.ForEach(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(file) + "*"), File.Delete);
            }
        }

        foreach (var size in Sizes)
        {
            using var daemon = await Daemon.StartAsync("pools.p.slots=2");
            await FillAsync(daemon, size);
            await MeasureAsync(daemon, size, "submits");
        }

        return 0;
    }

    // Ended jobs with output, a tag, and all attributes of a run.
    private static string JobText(int number)
    {
        var start = 1767225600.123456 + number;
        return string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"id":"{{Guid.CreateVersion7()}}","pool":"p","args":["/bin/echo","hello","{{number}}"]""")
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
        await writer.WriteAsync('{');
        for (var i = 1; i <= size; i++)
            await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{(i > 1 ? "," : "")}\"{i}\":{JobText(i)}"));

        await writer.WriteAsync('}');
    }

    private static async Task FillAsync(Daemon daemon, int size)
    {
        using var client = await daemon.ConnectAsync();
        var line = Encoding.UTF8.GetBytes("""[{"submit":{"pool":"p","args":["/no/such/program","hello"],"tags":["night"]}}]""" + "\n");
        await client.PipelineAsync(line, size, 1024);
        while (client.Ask("""[{"ls":{"state":["new","running"]}}]""")[0].GetProperty("ls").GetArrayLength() > 0)
            await Task.Delay(200);
    }

    private static async Task MeasureAsync(Daemon daemon, int size, string filledBy)
    {
        var resident = daemon.Process.ResidentMegabytes;
        using var client = await daemon.ConnectAsync();
        var id = Held(client);
        var submit = Microseconds(client, """[{"submit":{"pool":"p","args":["/bin/true"],"hold":true}}]""", 2000);
        var query = Microseconds(client, $$"""[{"query":"{{id.GetProperty("id").GetString()}}"}]""", 2000);
        var seq = Held(client);
        var newest = Microseconds(client, $$$"""[{"get":{"seq":{{{seq.GetProperty("seq").GetInt64() - 1}}}}}]""", 2000);
        var ids = Microseconds(client, """[{"ls":{}}]""", 5) / 1000;
        var all = Microseconds(client, """[{"get":{}}]""", 5) / 1000;
        Rounds.Print(
            $"      {size,8:N0} {filledBy,-10} {Rounds.Show(resident),7} {Rounds.Show(submit),9} {Rounds.Show(query),9} "
            + $"{Rounds.Show(newest),11} {Rounds.Show(ids),9} {Rounds.Show(all),9} {Rounds.Show(daemon.Process.ResidentMegabytes),7}");
    }

    private static JsonElement Held(LineClient client)
    {
        var answer = client.Ask("""[{"submit":{"pool":"p","args":["/bin/true"],"hold":true}}]""");
        return answer[0].GetProperty("submit").EnumerateObject().First().Value;
    }

    // The median of many, which excludes pauses of the collector and of the machine.
    private static double Microseconds(LineClient client, string request, int count)
    {
        var line = Encoding.UTF8.GetBytes(request + "\n");
        var figures = new double[count];
        for (var i = 0; i < count; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            _ = client.Ask(line);
            figures[i] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }

        return Rounds.Median(figures);
    }
}
