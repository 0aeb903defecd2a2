//! Worlds: what tests that run side by side keep apart.

pub mod blobs;
pub mod clock;
pub mod dice;
pub mod faults;
pub mod journal;
pub mod secrets;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use crate::lock::LockExt;
use crate::services::{self, Service};
use blobs::Blobs;
use clock::Clock;
use dice::Dice;
use faults::Faults;
use journal::Journal;
use secrets::Secrets;

/// What every service of a world shares.
#[derive(Debug)]
pub struct Ground {
    pub clock: Clock,
    pub dice: Dice,
    pub journal: Arc<Journal>,
    pub faults: Faults,
    pub blobs: Blobs,
    pub secrets: Arc<Secrets>,
    /// Scheme, host and port, and the world's part of the path: the start of every address that is handed out.
    pub address: String,
    /// The same of the storage host: another origin, to which a service may redirect downloads.
    pub storage: String,
}

/// One world with its services.
pub struct World {
    pub id: String,
    pub ground: Arc<Ground>,
    services: Vec<Arc<dyn Service>>,
}

impl World {
    fn new(id: &str, origins: &Origins, folder: PathBuf, seed: u64, secrets: Arc<Secrets>) -> io::Result<Self> {
        let prefix = if id == DEFAULT { String::new() } else { format!("/w/{id}") };
        let ground = Arc::new(Ground {
            clock: Clock::default(),
            dice: Dice::new(seed),
            journal: Arc::default(),
            faults: Faults::default(),
            blobs: Blobs::new(folder)?,
            secrets,
            address: format!("{}{prefix}", origins.services),
            storage: format!("{}{prefix}", origins.storage),
        });
        Ok(Self { id: id.into(), services: services::all(&ground), ground })
    }

    pub fn service(&self, name: &str) -> Option<Arc<dyn Service>> {
        self.services.iter().find(|service| service.name() == name).cloned()
    }

    pub fn services(&self) -> &[Arc<dyn Service>] {
        &self.services
    }

    /// Base address and accounts of each service, as in the ready line.
    pub fn describe(&self) -> Value {
        let services = self.services.iter().map(|service| (service.name().to_owned(), service.describe()));
        Value::Object(services.collect::<Map<_, _>>())
    }
}

/// The name of the world that is there from the start, at the root of the addresses.
pub const DEFAULT: &str = "default";

/// Where a running emulator is reached, such as `http://127.0.0.1:4000`.
pub struct Origins {
    pub services: String,
    pub storage: String,
}

/// All worlds of a running emulator.
pub struct Universe {
    worlds: Mutex<HashMap<String, Arc<World>>>,
    origins: Origins,
    folder: PathBuf,
    seed: u64,
    made: AtomicU64,
    secrets: Arc<Secrets>,
}

impl Universe {
    pub fn new(origins: Origins, folder: PathBuf, seed: u64) -> io::Result<Self> {
        let (worlds, made) = (Mutex::default(), AtomicU64::new(1));
        let secrets = Arc::new(Secrets::from_environment()?);
        let universe = Self { worlds, origins, folder, seed, made, secrets };
        universe.add(DEFAULT.into(), 0)?;
        Ok(universe)
    }

    /// Makes a new world under an id of its own.
    pub fn create(&self) -> io::Result<Arc<World>> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        self.add(format!("w{number}"), number)
    }

    pub fn world(&self, id: &str) -> Option<Arc<World>> {
        self.worlds.hold().get(id).cloned()
    }

    /// Forgets a world and its bytes. The default world stays.
    pub fn remove(&self, id: &str) -> io::Result<bool> {
        if id == DEFAULT {
            return Ok(false);
        }
        let Some(world) = self.worlds.hold().remove(id) else {
            return Ok(false);
        };
        std::fs::remove_dir_all(world.ground.blobs.folder())?;
        Ok(true)
    }

    fn add(&self, id: String, number: u64) -> io::Result<Arc<World>> {
        // Each world rolls its own dice: equal seeds give equal worlds, whatever the others do.
        let seed = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number);
        let world = Arc::new(World::new(&id, &self.origins, self.folder.join(&id), seed, Arc::clone(&self.secrets))?);
        self.worlds.hold().insert(id, Arc::clone(&world));
        Ok(world)
    }
}
