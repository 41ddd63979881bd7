/** The SFTP channel keeps the contract, before Debian's sshd. */
import { channelContract } from "../contracts/ChannelContract.ts"
import { describeSftp, harness } from "./SftpHarness.ts"

describeSftp("with sshd", () => channelContract("sftp", harness))
