package io.bsr.core;

/**
 * What administrators ask for, and who does it. Each command ends within its deadline: a change of the cluster within the
 * two-phase timeout and a few tries, a demotion within {@link Demotion#DRAIN_NANOS}.
 */
final class Commands {
    final DiskCommands disks;
    final ConnectionCommands connections;
    final Promotion promotion;
    final Demotion demotion;
    final ResyncCommands resyncs;
    final VerifyCommands verifies;
    final IoCommands io;
    final NewCurrentUuid newCurrentUuid;
    final ForgetPeer forgetPeer;
    private final TakingDown takingDown;

    Commands(Resource resource) {
        takingDown = new TakingDown(resource);
        disks = new DiskCommands(resource, takingDown);
        connections = new ConnectionCommands(resource, takingDown);
        promotion = new Promotion(resource, takingDown);
        demotion = new Demotion(resource);
        resyncs = new ResyncCommands(resource);
        verifies = new VerifyCommands(resource);
        io = new IoCommands(resource);
        newCurrentUuid = new NewCurrentUuid(resource, takingDown);
        forgetPeer = new ForgetPeer(resource);
    }

    void down(Reply reply) {
        takingDown.down(this, reply);
    }
}
