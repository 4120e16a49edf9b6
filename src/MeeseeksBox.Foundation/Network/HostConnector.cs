using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Tasks;

namespace MeeseeksBox.Foundation.Network;

/// <summary>One attempt to connect to a host by TCP, which may have several addresses.</summary>
/// <remarks>
/// The addresses are tried <see cref="Pause"/> apart, and the families of addresses alternate (RFC 8305). The first connection is taken,
/// and the other attempts end. So a silent address delays the connection, but does not prevent it.
/// </remarks>
/// <param name="time">The clock of the pauses.</param>
/// <param name="resolve">Finds the addresses of a name; null for the resolver of the system.</param>
public sealed class HostConnector(TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    /// <summary>The time between the attempts at two addresses; a failed attempt ends it.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly List<(IPAddress Address, SocketException Problem)> _failures = [];

    /// <summary>The failed addresses and their problems, for a message; empty if the host has one address, or none has failed.</summary>
    public string Failures { get; private set; } = "";

    /// <summary>Connects.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="stop">Cancels all attempts.</param>
    /// <exception cref="SocketException">The name is unknown, or no address accepts the connection.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, CancellationToken stop)
    {
        var addresses = new Queue<IPAddress>(Alternate(await ResolveAsync(host, stop)));
        var isOne = addresses.Count is 1;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var attempts = new List<(IPAddress Address, Task<Socket> Connecting)>();
        try
        {
            while (addresses.Count + attempts.Count > 0)
            {
                if (addresses.TryDequeue(out var next))
                    attempts.Add((next, ConnectAsync(new IPEndPoint(next, port), over.Token)));

                // After the last address, only the attempts are left to wait for.
                var pause = Task.Delay(addresses.Count > 0 ? Pause : Timeout.InfiniteTimeSpan, time, over.Token);
                Task[] waits = [.. attempts.Select(attempt => attempt.Connecting), pause];
                var ended = await Task.WhenAny(waits);
                over.Token.ThrowIfCancellationRequested();
                var index = attempts.FindIndex(attempt => attempt.Connecting == ended);
                if (index < 0)
                    continue;

                var (address, connecting) = attempts[index];
                attempts.RemoveAt(index);
                try
                {
                    return await connecting;
                }
                catch (SocketException problem)
                {
                    _failures.Add((address, problem));
                    Failures = isOne ? "" : string.Join("; ", _failures.Select(failure => $"{failure.Address}: {failure.Problem.Message}"));
                }
            }

            throw _failures.DistinctBy(failure => failure.Problem.SocketErrorCode).Count() is 1
                ? _failures[0].Problem
                : new MixedFailuresException(Failures, _failures[0].Problem);
        }
        finally
        {
            await over.CancelAsync();
            foreach (var (_, connecting) in attempts)
                _ = connecting.ContinueWith(Discard, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken stop)
    {
        try
        {
            return await (resolve ?? Dns.GetHostAddressesAsync)(host, stop) is [_, ..] addresses
                ? addresses
                : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (ArgumentException)
        {
            // No name, or one of more than 255 characters.
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }

    // The resolver has sorted the addresses. The first stays the first.
    private static IEnumerable<IPAddress> Alternate(IPAddress[] addresses)
    {
        var first = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily));
        var other = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily));
        while (first.Count + other.Count > 0)
        {
            if (first.TryDequeue(out var one))
                yield return one;

            if (other.TryDequeue(out var another))
                yield return another;
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endpoint, CancellationToken stop)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(endpoint, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            await PoolThread.EnterAsync();
        }
    }

    // A second address may have accepted meanwhile. A failure has no reader any more.
    private static void Discard(Task<Socket> connecting)
    {
        if (connecting.IsCompletedSuccessfully)
            connecting.Result.Dispose();
        else
            _ = connecting.Exception;
    }
}
