using System.Globalization;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Runner.Output;

namespace MeeseeksBox.Agent.Outputs;

/// <summary>The output of a job in a file (docs/RUNNER.md#spool).</summary>
/// <param name="folder">The folder of the file.</param>
/// <param name="name">The name of the file.</param>
/// <param name="total">Number of bytes that were printed.</param>
/// <param name="limit">The limit of the file in bytes.</param>
internal sealed class SpooledOutput(string folder, string name, long total, int limit) : OutputData
{
    /// <inheritdoc/>
    public override string? Text
    {
        get
        {
            try
            {
                return Convert.ToBase64String(OutputSpool.Read(Path, total, limit));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Number of bytes that are kept.</summary>
    public long Kept => Math.Min(total, limit);

    /// <summary>Number of bytes that were printed.</summary>
    public long Total => total;

    /// <inheritdoc/>
    public override long Length => (Kept + 2) / 3 * 4;

    /// <inheritdoc/>
    public override string Reference => string.Create(CultureInfo.InvariantCulture, $"{name} {total} {limit}");

    /// <summary>Full path of the file.</summary>
    public string Path => System.IO.Path.Combine(folder, name);

    /// <summary>Reads a part of the kept bytes.</summary>
    /// <param name="index">Index of the first byte among the kept ones.</param>
    /// <param name="count">Number of bytes, not beyond the middle when that is missing.</param>
    /// <exception cref="IOException">The file is gone.</exception>
    public byte[] Read(long index, int count) =>
        OutputSpool.Read(Path, total, limit, total <= limit || index < limit / 2 ? index : total - (limit - index), count);

    /// <summary>The output that a reference names; null when that is none.</summary>
    public static SpooledOutput? Of(string folder, string reference) =>
        reference.Split(' ') is [var name, var total, var limit]
            && name == System.IO.Path.GetFileName(name)
            && long.TryParse(total, CultureInfo.InvariantCulture, out var bytes)
            && int.TryParse(limit, CultureInfo.InvariantCulture, out var most)
                ? new SpooledOutput(folder, name, bytes, most)
                : null;
}
