using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>A job of an answer, parsed and as received.</summary>
/// <param name="Id">Its key in the answer.</param>
/// <param name="Json">The received JSON, in UTF-8.</param>
/// <param name="Job">The parsed job.</param>
internal sealed record ReceivedJob(string Id, ReadOnlyMemory<byte> Json, Job Job);
