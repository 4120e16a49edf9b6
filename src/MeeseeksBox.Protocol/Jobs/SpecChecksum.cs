using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The checksum of a spec, which is sent in its place to a node that has it (docs/PROTOCOL.md#how-nodes-sync).</summary>
public static class SpecChecksum
{
    private const int Length = 16;

    /// <summary>The first 16 bytes of the SHA-256 of the spec as JSON, in hexadecimal digits.</summary>
    public static string Of(Job job)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonFormat.Compact))
        {
            JobAttributes.WriteSpec(writer, job);
        }

        return Convert.ToHexStringLower(SHA256.HashData(json.WrittenSpan).AsSpan(0, Length));
    }
}
