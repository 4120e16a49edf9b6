using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>A box with a pool of each kind, and a secret. No job is in the last pool, and no test changes the configuration.</summary>
public sealed class FourPools()
    : BoxFixture("pools.p1.slots=2", "pools.p2.slots=0", "pools.p3.slots=-1", "pools.idle.slots=2", "client.ssl.pass=s3cret");
