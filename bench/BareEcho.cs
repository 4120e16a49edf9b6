using System.Net.Sockets;

namespace MeeseeksBox.Bench;

/// <summary>The baseline of requests: a server that answers each line with a line.</summary>
internal static class BareEcho
{
    /// <summary>Serves on a free port, which it prints, until it is killed.</summary>
    /// <param name="answerLength">The bytes of each answer, with its newline.</param>
    public static Task<int> RunAsync(int answerLength) => BareServer.RunAsync(client => ServeAsync(client, answerLength));

    private static async Task ServeAsync(Socket client, int answerLength)
    {
        using var socket = client;
        var input = new byte[16 * 1024];
        var answer = new byte[answerLength];
        answer.AsSpan().Fill((byte)'x');
        answer[^1] = (byte)'\n';
        var output = new MemoryStream();
        while (await socket.ReceiveAsync(input) is > 0 and var length)
        {
            output.SetLength(0);
            for (var lines = input.AsSpan(0, length).Count((byte)'\n'); lines > 0; lines--)
                output.Write(answer);

            var rest = output.GetBuffer().AsMemory(0, (int)output.Length);
            while (!rest.IsEmpty)
                rest = rest[await socket.SendAsync(rest)..];
        }
    }
}
