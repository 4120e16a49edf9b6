using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.BadNetwork;

/// <summary>A host: a network namespace of this machine with devices of its own.</summary>
internal sealed partial class Host : IDisposable
{
    private const int NewNetwork = 0x40000000;
    private const int LengthOfName = 16;
    private const ulong SetInterface = 0x400454ca;
    private const short TunnelWithoutHeader = 0x1001;

    private readonly string _name;

    public Host(string name)
    {
        _name = $"meeseeks-{Environment.ProcessId}-{name}";
        Run("ip", "netns", "add", _name);
        Run("ip", "-n", _name, "link", "set", "lo", "up");
    }

    /// <summary>Adds a device, whose packets are read from the stream and written to it.</summary>
    public FileStream AddDevice(string device, string address, int mtu)
    {
        FileStream? packets = null;
        Exception? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                packets = Open(device);
            }
            catch (Exception problem)
            {
                failed = problem;
            }
        });
        thread.Start();
        thread.Join();
        if (failed is not null)
            throw new IOException($"{device} in {_name}: {failed.Message}", failed);

        Run("ip", "-n", _name, "address", "add", address, "dev", device);
        Run("ip", "-n", _name, "link", "set", "dev", device, "mtu", $"{mtu}", "up");
        return packets!;
    }

    /// <summary>Starts a program on this host, with its lines in a file.</summary>
    public Process Start(string program, IEnumerable<string> words, string log)
    {
        var info = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, "ip", "netns", "exec", _name, program },
        };
        foreach (var word in words)
            info.ArgumentList.Add(word);

        return Process.Start(info)!;
    }

    public void Dispose() => Run("ip", "netns", "del", _name);

    // Enters the namespace for the rest of the life of this thread.
    private FileStream Open(string device)
    {
        using var space = File.OpenHandle($"/run/netns/{_name}");
        if (Enter(space, NewNetwork) is not 0)
            throw new IOException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");

        var tunnel = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = new byte[40];
        _ = Encoding.ASCII.GetBytes(device, request);
        BitConverter.TryWriteBytes(request.AsSpan(LengthOfName), TunnelWithoutHeader);
        return Control(tunnel, SetInterface, request) is 0
            ? new FileStream(tunnel, FileAccess.ReadWrite, bufferSize: 0)
            : throw new IOException($"TUNSETIFF: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static void Run(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
        var problem = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode is not 0)
            throw new IOException($"{program} {string.Join(' ', words)}: {problem.Trim()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int Enter(SafeFileHandle space, int kind);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle device, ulong request, byte[] argument);
}
