using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using MeeseeksBox.PowerCut.Disk;
using MeeseeksBox.Testing;

namespace MeeseeksBox.PowerCut.Checks;

/// <summary>Starts a real box on what a power cut has left, compares its answers with the promises, and stops it.</summary>
internal static partial class StartCheck
{
    /// <summary>Finds what is broken.</summary>
    /// <param name="remains">What the cut has left.</param>
    /// <param name="promises">The promises before it.</param>
    public static async Task<IReadOnlyList<string>> FaultsAsync(Remains remains, Promises promises)
    {
        using var folder = new TemporaryFolder();
        remains.WriteTo(folder.Path);
        var info = new ProcessStartInfo(ProgramsUnderTest.PathOf("meeseeks-box"), Scenario.Words(folder.Path))
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        ProgramsUnderTest.SetRuntime(info);
        using var box = Process.Start(info)!;
        var log = new List<string>();
        int? port = null;
        while (port is null && await box.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (Listening().Match(line) is { Success: true } match)
                port = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }

        var jobs = port is null ? [] : await JobsAsync(port.Value);
        using (var kill = Process.Start("/bin/kill", ["-TERM", box.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        log.AddRange((await box.StandardError.ReadToEndAsync()).Split('\n'));
        await box.WaitForExitAsync();
        var errors = log.Where(line => line.StartsWith("ERROR", StringComparison.Ordinal));
        return
        [
            .. port is null ? [$"the box does not start: {string.Join('\n', log)}"] : promises.Broken(jobs, remains.IsAll),
            .. jobs.Values.Select(job => job.WrongOutput).OfType<string>(),
            .. remains.Loss is DataLoss.Zeros or DataLoss.Scattered ? [] : errors,
            .. box.ExitCode is 0 ? [] : new[] { $"the box has ended with {box.ExitCode}" },
        ];
    }

    private static async Task<Dictionary<string, StoredResult>> JobsAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync("[{\"get\":{}}]\n"u8.ToArray());
        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadLineAsync() ?? throw new IOException("the box has closed the connection");
        return JsonElement.Parse(answer)[0].GetProperty("get").EnumerateObject()
            .ToDictionary(job => job.Name, job => StoredResult.Of(job.Value), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"listening on \S+:(\d+)$")]
    private static partial Regex Listening();
}
